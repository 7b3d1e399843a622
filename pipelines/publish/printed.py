"""What a release says of figures that others have printed: table `quality.published_figures`.

Judged anew from the gated values, so that a reader of the release could come to each verdict, and
nobody can learn more from it. Only figures about regions of the home are listed.
"""

from collections.abc import Mapping

import duckdb

from pipelines.bulletins.published import TABLE
from pipelines.bulletins.verdicts import compare_published
from pipelines.engine.indicator import Indicator

VERDICTS = "quality.verdicts"  # gone when the table is written


def write_published(
    con: duckdb.DuckDBPyConnection, indicators: Mapping[str, Indicator], values: str
) -> None:
    """Write the table.

    Args:
        con: the staging database; `model.published_figures` is filled.
        indicators: the definitions.
        values: the gated values that will be published.
    """
    compare_published(con, indicators, values, VERDICTS)
    con.execute(
        f"""
        create or replace table quality.published_figures as
        select printed.*, verdicts.verdict, verdicts.reason, verdicts.value
        from {TABLE} as printed
        inner join {VERDICTS} as verdicts using (figure_id)
        where printed.region_code in (select region_code from geo.regions)
        order by figure_id
        """
    )
    con.execute(f"drop table {VERDICTS}")
