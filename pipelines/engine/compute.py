"""Compute indicators: one call for all, or one for each as an asset of its own.

`prepare` builds the frame and an empty result; `compute_indicator` fills in one indicator;
`compute_indicators` does both for many. The result is `indicators.indicator_values`.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

import duckdb

from pipelines.engine.durations import estimate_curves
from pipelines.engine.facts import SUM_COLUMNS, sum_facts
from pipelines.engine.frame import Frame, build_frame
from pipelines.engine.indicator import ESTIMATED, STOCKS, UNSUPPORTED, Indicator
from pipelines.engine.portable import IndicatorError
from pipelines.engine.stocks import sum_stocks
from pipelines.engine.values import create_values, write_values

SEARCH_PATH = "model,geo"


def compute_indicators(
    con: duckdb.DuckDBPyConnection, indicators: Mapping[str, Indicator], frame: Frame
) -> None:
    """Build the frame and every indicator, in the order of the ids.

    Args:
        con: a database with the schemas `model` and `geo`.
        indicators: definitions by id.
        frame: what the computation is told.

    Raises:
        IndicatorError: see `compute_indicator`.
    """
    prepare(con, frame)
    for name in sorted(indicators):
        compute_indicator(con, indicators[name], frame)


def prepare(con: duckdb.DuckDBPyConnection, frame: Frame) -> None:
    """Build the frame and an empty `indicators.indicator_values`."""
    with _bare_names(con):
        build_frame(con, frame)
    con.execute(
        "create or replace table indicators.by_values "
        "(indicator VARCHAR, by_no INTEGER, by_name VARCHAR, by_value VARCHAR)"
    )
    create_values(con)


def compute_indicator(con: duckdb.DuckDBPyConnection, indicator: Indicator, frame: Frame) -> None:
    """Replace one indicator's rows in `indicators.indicator_values`; `prepare` comes first.

    Raises:
        IndicatorError: the kind is not computed here, the query does not run on these tables, or
            its facts break the promise of their kind. No message holds a value from a row.
    """
    if indicator.kind in UNSUPPORTED:
        raise IndicatorError(
            f"{indicator.path.name}: kind `{indicator.kind}` is not yet supported by the engine"
        )
    with _bare_names(con):
        try:
            con.execute(f"create or replace table indicators.cell_sums ({SUM_COLUMNS})")
            if indicator.kind in ESTIMATED:
                estimate_curves(con, indicator, frame)
            elif indicator.kind in STOCKS:
                sum_stocks(con, indicator, frame)
            else:
                sum_facts(con, indicator, frame)
            write_values(con, indicator, frame)
        except (duckdb.BinderException, duckdb.CatalogException) as error:
            raise IndicatorError(f"{indicator.path.name}: {error}") from None
        except duckdb.DataError as error:
            raise IndicatorError(
                f"{indicator.path.name}: a fact cannot be used ({type(error).__name__})"
            ) from None


@contextmanager
def _bare_names(con: duckdb.DuckDBPyConnection) -> Generator[None]:
    """Let queries name the tables of `model` and `geo` without their schema."""
    before = con.execute("select current_setting('search_path')").fetchall()[0][0]
    con.execute(f"set search_path = '{SEARCH_PATH}'")
    try:
        yield
    finally:
        con.execute(f"set search_path = '{before}'")
