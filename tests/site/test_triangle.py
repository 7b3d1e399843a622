"""Late registration as a triangle: young months stop early, revisions stand at their age."""

from pathlib import Path

import duckdb
import pytest

from pipelines.publish.site.dictionary import Dictionary
from pipelines.publish.site.forms.flow import FlowCell
from pipelines.publish.site.quality import Panel, QualityWriter
from pipelines.publish.site.triangle import AGES, SHADES
from pipelines.publish.site.wording import Speaker
from pipelines.words import Lang
from tests.site.conftest import Site

EN = Speaker(Lang.EN)
BLANK = FlowCell("", "", 0)


def panel(con: duckdb.DuckDBPyConnection) -> Panel:
    return QualityWriter(con, Dictionary(con), EN, "", "").panel("triangle")


@pytest.fixture
def cells(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[FlowCell, ...]]:
    flow = panel(con).flow
    assert flow is not None
    assert len(flow.heads) == len(AGES)
    return dict(flow.blocks[0].rows)


def shade(size: float) -> int:
    return sum(size >= least for least in SHADES)


def test_the_newest_month_stands_first_and_has_reached_one_age(
    cells: dict[str, tuple[FlowCell, ...]],
) -> None:
    assert list(cells) == ["September 2026", "June 2026", "February 2026", "June 2025"]
    assert cells["September 2026"] == (FlowCell("900", "", 0), *[BLANK] * 5)


def test_a_figure_stands_until_the_age_of_its_revision(
    cells: dict[str, tuple[FlowCell, ...]],
) -> None:
    """1,000 at first, 1,040 from month 5, 1,060 from month 14; its 16 months reach five columns."""
    assert cells["June 2025"] == (
        FlowCell("1,000", "", 0),
        FlowCell("1,000", "", 0),
        FlowCell("1,040", "+4.0%", shade(0.04)),
        FlowCell("1,040", "+4.0%", shade(0.04)),
        FlowCell("1,060", "+6.0%", shade(0.06)),
        BLANK,
    )
    assert shade(0.04) < shade(0.06)


def test_a_revision_downwards_is_as_dark_as_one_upwards(
    cells: dict[str, tuple[FlowCell, ...]],
) -> None:
    """1,200 at first, 1,188 from month 3: a hundredth less."""
    assert cells["June 2026"][:3] == (
        FlowCell("1,200", "", 0),
        FlowCell("1,188", "−1.0%", shade(0.01)),
        BLANK,
    )


def test_a_first_figure_that_is_hidden_leaves_no_size(
    cells: dict[str, tuple[FlowCell, ...]],
) -> None:
    assert cells["February 2026"][:3] == (
        FlowCell("[c]", "", 0), FlowCell("[c]", "", 0), FlowCell("2,000", "", 0)
    )  # fmt: skip


def test_sizes_by_age_leave_out_the_age_of_the_first_publication(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """By hand, of figures first given before that age.

    At 7 to 12 months: 4% (June 2025), 0 (2023) and 0 (2024, revised in its 13th month); February
    2026 and the year 2025 had hidden first figures. At 13 to 24 months: 6%, 0 and 10%.
    """
    grid = panel(con).grid
    assert grid is not None
    [row] = grid.rows
    assert row[3:] == ("0.0% (3/5)", "6.0% (3/3)", "0.0% (1/1)")


def test_a_release_published_once_says_what_will_stand_there(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    with duckdb.connect(tmp_path / "once.duckdb") as once:
        once.execute("create schema quality")
        first = (
            "select * replace (period_end as data_on) from quality.vintages where vintage_no = 1"
        )
        once.register("first", con.sql(first).to_arrow_table())
        once.execute(
            "create table quality.vintages as from first where period_kind = 'year' limit 1"
        )
        told = panel(once)
        assert told.flow is None
        assert told.grid is None
        assert "published once so far" in told.message


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_holds_the_triangle_as_a_table(site: Site, lang: str) -> None:
    text = (site.folder / lang / "quality.html").read_text(encoding="utf-8")
    section = text.split('id="triangle"')[1].split("</section>")[0]
    assert section.count("<table") == 2
    assert '<td class="s5">1,060<span>+6.0%</span></td>' in section
