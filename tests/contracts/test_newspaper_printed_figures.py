"""The newspaper's figures come out of the newspaper's own exports, before the gate and behind it.

Hundreds of batches may be told; of a day with nine batches the release keeps the figure back, and
then it does not say either whether a printed figure agrees.
"""

from datetime import date

import duckdb
import pytest

from pipelines.bulletins.published import load_published
from pipelines.bulletins.verdicts import compare_published
from pipelines.engine.compute import compute_indicators
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import load_indicators
from pipelines.ingest.reference import load_reference
from pipelines.ingest.staging import open_staging
from pipelines.model.build import build_model, source_tables
from pipelines.privacy.gate import apply_gate
from pipelines.privacy.policy import load_policy
from pipelines.publish.printed import write_published
from pipelines.settings import PACKAGE
from pipelines.validate.accept import accept_rows
from tests.contracts.newspaper import newspaper_day
from tests.unit.ingest.world import World

VISITS = (
    "batches_per_leader_visit",
    "batches_per_room",
    "leader_visit_count",
    "on_spot_resolution_rate",
    "persons_per_visit_batch",
)
# As printed: 436 batches of 667 persons in 14 rooms, 91 problems, more than 100 leaders.
FIGURES = {
    "G01_batches": 436,
    "G01_persons": 667,
    "G01_solved": 91,
    "N01_leaders": 100,
    "N02_rooms": 14,
}


@pytest.fixture(params=["whole", "nine"])
def con(request: pytest.FixtureRequest, world: World):
    """The staging database with the model of the day, or of nine batches of it, compared."""
    for name, text in newspaper_day().items():
        lines = text.splitlines(keepends=True)
        if request.param == "nine" and name.startswith("receptions/"):
            lines = lines[: 1 + 9]
        world.drop(name, "".join(lines))
    world.build()
    indicators = load_indicators(PACKAGE / "indicators")
    indicators = {name: indicators[name] for name in VISITS}
    with open_staging(world.home, world.settings) as con:
        load_reference(con, world.home, world.settings, world.tables)
        accept_rows(con, world.tables)
        build_model(con, world.home, world.settings, world.tables)
        load_published(con, world.home)
        compute_indicators(con, indicators, Frame(date(2003, 12, 31), source_tables(world.tables)))
        compare_published(con, indicators, "indicators.indicator_values", "ops.ungated")
        apply_gate(con, indicators, load_policy({}))
        write_published(con, indicators, "public.indicator_values")
        yield con


def agreeing(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, float]:
    found = con.execute(f"select figure_id, value from {table} where verdict = 'agrees'").fetchall()
    return dict(found)


@pytest.mark.parametrize("con", ["whole"], indirect=True)
def test_the_day_agrees_before_and_behind_the_gate(con: duckdb.DuckDBPyConnection):
    assert agreeing(con, "ops.ungated") == FIGURES
    assert agreeing(con, "quality.published_figures") == FIGURES
    assert con.execute("select * from ops.ungated where verdict = 'disagrees'").fetchall() == []


@pytest.mark.parametrize("con", ["nine"], indirect=True)
def test_behind_the_gate_a_small_figure_is_not_compared(con: duckdb.DuckDBPyConnection):
    [(figure,)] = con.execute(
        "select numerator from indicators.indicator_values where measure = 'per_event' "
        "and region_code = '330726' and period_kind = 'year' and by_name = ''"
    ).fetchall()
    assert figure == 9
    assert con.execute(
        "select verdict, reason, value from quality.published_figures "
        "where figure_id = 'G01_batches'"
    ).fetchall() == [("not_comparable", "hidden", None)]


@pytest.mark.parametrize("con", ["whole"], indirect=True)
def test_only_figures_about_the_home_s_regions_are_listed(con: duckdb.DuckDBPyConnection):
    regions = con.execute(
        "select distinct region_code from quality.published_figures order by region_code"
    ).fetchall()
    assert ("330726",) in regions
    assert {code[:2] for (code,) in regions} == {"33"}
