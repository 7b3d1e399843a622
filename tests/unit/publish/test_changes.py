"""What changed between two releases, and why: from published files alone."""

from dataclasses import replace

import pytest

from pipelines.privacy.pseudonyms import Key
from pipelines.publish.changes import changes_since
from pipelines.publish.comparison import Move, Moves
from pipelines.settings import Home
from pipelines.words import Lang, UserError
from tests.unit.publish.world import FIGURES, Figure, add_export, publish_figures


def test_new_exports_that_changed_nothing(home_with_two: Home):
    found = changes_since(home_with_two)
    assert (found.new_files, found.gone_files, found.parts) == (1, 0, ())
    assert found.definitions == ()
    assert found.comparison.indicators == ()


def test_what_changed_is_counted_by_indicator_and_named_by_region(home_with_two: Home):
    before = changes_since(home_with_two).new
    add_export(home_with_two, "c" * 64)
    figures = [replace(FIGURES[0], numerator=240), *FIGURES[1:], Figure(99, year=2023)]
    publish_figures(home_with_two, figures, revise=True)
    found = changes_since(home_with_two)
    assert found.old == before
    assert found.revised == 1
    assert found.comparison.indicators == (Moves("visit_count", 1, 1, 0),)
    assert found.comparison.largest == (
        Move("visit_count", "count", "990000", "year", "2024-01-01", "", 120, 240),
    )


def test_exports_named_under_another_key_are_not_compared(home_with_one: Home):
    publish_figures(home_with_one, FIGURES, revise=True, key=Key(bytes(31) + b"1"))
    found = changes_since(home_with_one)
    assert (found.new_files, found.gone_files, found.parts) == (0, 0, ("key",))


def test_any_earlier_release_can_be_named(home_with_two: Home):
    two = changes_since(home_with_two)
    publish_figures(home_with_two, FIGURES, revise=True)
    assert changes_since(home_with_two, two.old).old == two.old


def test_nothing_to_compare_with_is_said(home: Home):
    with pytest.raises(UserError, match="Nothing has been published"):
        changes_since(home)


def test_the_first_release_has_none_before_it(home_with_one: Home):
    with pytest.raises(UserError, match="is the first release"):
        changes_since(home_with_one)


def test_a_release_that_is_not_there_is_refused(home_with_two: Home):
    with pytest.raises(UserError) as refused:
        changes_since(home_with_two, "2020-01-01-r1")
    assert refused.value.exit_code == 2
    assert "Earlier ones" in refused.value.sentence(Lang.EN)


def test_a_damaged_release_is_not_compared(home_with_two: Home):
    old = changes_since(home_with_two).old
    folder = home_with_two.published / "releases" / old / "tables"
    (folder / "indicator_values.parquet").write_bytes(b"")
    with pytest.raises(UserError, match="damaged"):
        changes_since(home_with_two)
