"""Figures of closed periods stay as they were published until a revision is ordered."""

from collections.abc import Collection, Iterable
from dataclasses import replace

import duckdb
import pytest

from pipelines.publish.frozen import Freeze, published_before
from pipelines.publish.verify import rollback
from pipelines.settings import Home
from pipelines.words import UserError
from tests.unit.publish.world import SETTINGS, Figure, pretend_published, write_staging

OLD = Figure(120, year=2024)
NEW = Figure(150, year=2025, change_yoy=(150 - 120) / 120)
HIDDEN = Figure(None, region="990100", state="hidden")


def rows_after(
    home: Home, figures: Iterable[Figure], *, revise: bool = False, free: Collection[str] = ()
) -> tuple[Freeze, dict[tuple[str, str, int], tuple[object, ...]]]:
    """What the freeze said, and (numerator, state, flags, change) by indicator, region, year."""
    frozen = write_staging(home, figures, revise=revise, free=free)
    with duckdb.connect(home.staging, read_only=True) as con:
        rows = con.execute(
            """
            select indicator, region_code, year(period_start), numerator, state, flags, change_yoy
            from public.indicator_values
            """
        ).fetchall()
    return frozen, {tuple(row[:3]): tuple(row[3:]) for row in rows}


def test_the_first_release_takes_everything(home: Home):
    frozen, rows = rows_after(home, [OLD, NEW])
    assert frozen == Freeze(kept=0, waiting=0, revised=0, added=2)
    assert len(rows) == 2


def test_a_corrected_figure_waits_and_a_new_period_is_added(home: Home):
    pretend_published(home, [OLD])
    frozen, rows = rows_after(home, [replace(OLD, numerator=123), NEW])
    assert frozen == Freeze(kept=1, waiting=1, revised=0, added=1)
    assert rows["visit_count", "990000", 2024][:3] == (120, "ok", "")
    assert rows["visit_count", "990000", 2025][0] == 150


def test_a_published_row_is_kept_whole(home: Home):
    pretend_published(home, [replace(OLD, flags="e", change_yoy=0.5)])
    frozen, rows = rows_after(home, [OLD])
    assert frozen.waiting == 0
    assert rows["visit_count", "990000", 2024] == (120, "ok", "e", 0.5)


def test_a_change_on_a_figure_that_waits_is_not_told(home: Home):
    """(150 - 123) / 123 beside the published 120 would give 123 away."""
    pretend_published(home, [OLD])
    moved = replace(NEW, change_yoy=(150 - 123) / 123)
    _, rows = rows_after(home, [replace(OLD, numerator=123), moved])
    assert rows["visit_count", "990000", 2025] == (150, "ok", "", None)


def test_a_change_on_a_figure_that_did_not_move_is_told(home: Home):
    pretend_published(home, [OLD])
    _, rows = rows_after(home, [OLD, NEW])
    assert rows["visit_count", "990000", 2025] == (150, "ok", "", (150 - 120) / 120)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (HIDDEN, replace(HIDDEN, numerator=40, state="ok")),
        (OLD, replace(OLD, numerator=None, state="hidden")),
    ],
)
def test_hidden_stays_hidden_and_shown_stays_shown(home: Home, before: Figure, now: Figure):
    pretend_published(home, [before])
    frozen, rows = rows_after(home, [now])
    assert frozen.waiting == 1
    assert rows["visit_count", before.region, 2024][:2] == (before.numerator, before.state)


def test_hidden_cells_are_counted_as_they_are_published(home: Home):
    """The new run would show the figure that readers still see hidden."""
    pretend_published(home, [OLD, HIDDEN])
    write_staging(home, [OLD, replace(HIDDEN, numerator=40, state="ok")])
    with duckdb.connect(home.staging, read_only=True) as con:
        found = con.execute("select level, shown, hidden from quality.suppression").fetchall()
    assert found == [("city", 0, 1), ("province", 1, 0)]


def test_a_row_that_vanished_stays_while_its_indicator_is_defined(home: Home):
    letters = Figure(30, indicator="letter_count")
    pretend_published(home, [OLD, NEW, letters])
    frozen, rows = rows_after(home, [NEW])
    assert frozen == Freeze(kept=2, waiting=1, revised=0, added=0)
    assert set(rows) == {("visit_count", "990000", 2024), ("visit_count", "990000", 2025)}


def test_a_revision_publishes_the_corrections_and_marks_them(home: Home):
    pretend_published(home, [OLD, NEW])
    frozen, rows = rows_after(home, [replace(OLD, numerator=130), NEW], revise=True)
    assert frozen == Freeze(kept=1, waiting=0, revised=1, added=0)
    assert rows["visit_count", "990000", 2024][:3] == (130, "ok", "r")
    assert rows["visit_count", "990000", 2025][:3] == (150, "ok", "")


@pytest.mark.parametrize("late", [1, 9, -9])
def test_a_revision_keeps_what_moved_by_a_few(home: Home, late: int):
    """The earlier release lies beside the new one: their difference is a count of latecomers."""
    pretend_published(home, [OLD, NEW])
    moved = replace(OLD, numerator=120 + late)
    told = replace(NEW, change_yoy=(150 - 120 - late) / (120 + late))
    frozen, rows = rows_after(home, [moved, told], revise=True)
    assert frozen == Freeze(kept=2, waiting=1, revised=0, added=0)
    assert rows["visit_count", "990000", 2024] == (120, "ok", "", None)
    assert rows["visit_count", "990000", 2025] == (150, "ok", "", None)


def test_a_share_of_a_curve_that_moved_by_a_few_is_kept_with_its_place(home: Home):
    def figures(share: float, median: float) -> list[dict[str, object]]:
        row = Figure(None).row | {"n": 200}
        shares = {"measure": "within_30", "unit": "share", "value": share}
        return [row | shares, row | {"measure": "p50", "unit": "day", "value": median}]

    pretend_published(home, figures(0.5, 30))
    frozen = write_staging(home, figures(0.52, 29), revise=True)
    with duckdb.connect(home.staging, read_only=True) as con:
        found = con.execute("select value from public.indicator_values order by all").fetchall()
    assert found == [(0.5,), (30,)]
    assert (frozen.waiting, frozen.revised) == (2, 0)


def test_what_counts_no_matters_of_persons_is_revised_by_any_step(home: Home):
    pretend_published(home, [OLD])
    moved = replace(OLD, numerator=121)
    frozen, _ = rows_after(home, [moved], revise=True, free=["visit_count"])
    assert (frozen.waiting, frozen.revised) == (0, 1)


def test_the_mark_of_a_revision_stays(home: Home):
    corrected = replace(OLD, numerator=123)
    pretend_published(home, [replace(corrected, flags="er")])
    for revise in (False, True):
        frozen, rows = rows_after(home, [replace(corrected, flags="e")], revise=revise)
        assert frozen == Freeze(kept=1, waiting=0, revised=0, added=0)
        assert rows["visit_count", "990000", 2024][:3] == (123, "ok", "er")


def test_a_figure_that_a_revision_hides_carries_no_mark(home: Home):
    pretend_published(home, [OLD])
    _, rows = rows_after(home, [replace(OLD, numerator=None, state="hidden")], revise=True)
    assert rows["visit_count", "990000", 2024][:3] == (None, "hidden", "")


@pytest.mark.parametrize(("step", "waiting"), [(1e-12, 0), (1e-6, 1)])
def test_the_last_digits_of_a_median_are_no_correction(home: Home, step: float, waiting: int):
    pretend_published(home, [replace(OLD, value=31.5)])
    frozen, _ = rows_after(home, [replace(OLD, value=31.5 * (1 + step))])
    assert frozen.waiting == waiting


def test_what_was_published_is_listed_with_what_readers_could_have_seen(home: Home):
    assert published_before(home) is None
    pretend_published(home, [OLD, HIDDEN])
    assert seen(home) == [("990000", 2024)]


def test_what_was_rolled_back_was_seen_all_the_same(home: Home):
    pretend_published(home, [OLD])
    pretend_published(home, [OLD, NEW])
    rollback(home, SETTINGS)
    assert seen(home) == [("990000", 2024), ("990000", 2025)]


def test_a_damaged_release_is_no_ground_to_build_on(home: Home):
    release = pretend_published(home, [OLD])
    parquet = release.folder / "tables" / "indicator_values.parquet"
    parquet.write_bytes(parquet.read_bytes()[:-1] + b"?")
    with pytest.raises(UserError, match="2026-10-31-r1 are damaged"):
        write_staging(home, [OLD])


def seen(home: Home) -> list[tuple[object, ...]]:
    query = published_before(home)
    with duckdb.connect() as con:
        return con.execute(
            f"select region_code, year(period_start) from ({query}) where is_shown"
        ).fetchall()
