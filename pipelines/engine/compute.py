"""Compute indicators: one call for all, or one for each as an asset of its own.

`prepare` builds the frame and an empty result; `compute_indicator` fills in one indicator;
`compute_indicators` does both for many. The result is `indicators.indicator_values`.
"""

from collections.abc import Mapping

import duckdb

from pipelines.engine.derived import derive
from pipelines.engine.durations import estimate_curves
from pipelines.engine.facts import SUM_COLUMNS, sum_facts
from pipelines.engine.frame import Frame, build_frame
from pipelines.engine.indicator import STOCKS, Indicator, Kind
from pipelines.engine.longest import find_longest
from pipelines.engine.search_path import bare_names
from pipelines.engine.stocks import spread_ends, sum_stocks
from pipelines.engine.values import create_values, write_values
from pipelines.portable import IndicatorError

# How each kind comes to its sums; events are summed.
_FROM_FACTS = {
    **dict.fromkeys((Kind.STOCK, Kind.STOCK_SHARE), sum_stocks),
    **dict.fromkeys((Kind.DURATION, Kind.QUANTILE, Kind.STOCK_AGE), estimate_curves),
    Kind.LONGEST: find_longest,
    Kind.DERIVED: derive,
}


def compute_indicators(
    con: duckdb.DuckDBPyConnection, indicators: Mapping[str, Indicator], frame: Frame
) -> None:
    """Build the frame and every indicator, in the order given.

    Args:
        con: a database with the schemas `model` and `geo`.
        indicators: definitions by id, derived ones after what they stand on.
        frame: what the computation is told.

    Raises:
        IndicatorError: see `compute_indicator`.
    """
    prepare(con, frame)
    for indicator in indicators.values():
        compute_indicator(con, indicator, frame)


def prepare(con: duckdb.DuckDBPyConnection, frame: Frame) -> None:
    """Build the frame and an empty `indicators.indicator_values`."""
    with bare_names(con):
        build_frame(con, frame)
    con.execute(
        "create or replace table indicators.by_values "
        "(indicator VARCHAR, by_no INTEGER, by_name VARCHAR, by_value VARCHAR)"
    )
    create_values(con)


def compute_indicator(con: duckdb.DuckDBPyConnection, indicator: Indicator, frame: Frame) -> None:
    """Replace one indicator's rows in `indicators.indicator_values`; `prepare` comes first.

    What a derived indicator stands on comes before it.

    Raises:
        IndicatorError: the query does not run on these tables, its facts break the promise of
            their kind, or a method returns what does not fit. No message holds a value from a row.
    """
    with bare_names(con):
        try:
            con.execute(f"create or replace temp table cell_sums ({SUM_COLUMNS})")
            _FROM_FACTS.get(indicator.kind, sum_facts)(con, indicator, frame)
            con.execute("drop table if exists temp.base")
            if indicator.kind in STOCKS:
                spread_ends(con, indicator, frame)
            write_values(con, indicator, frame)
        except (duckdb.BinderException, duckdb.CatalogException) as error:
            raise IndicatorError(f"{indicator.path.name}: {error}") from None
        except duckdb.DataError as error:
            raise IndicatorError(
                f"{indicator.path.name}: a fact cannot be used ({type(error).__name__})"
            ) from None
