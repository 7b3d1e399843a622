"""Curves: what is censored, when a figure is too thin, not reached or too early."""

from datetime import date

import pytest

from pipelines.engine.frame import Frame
from pipelines.engine.portable import IndicatorError

from .conftest import COMMON, WORDS

MARCH = ("month", "2025-03-01")
QUERY = (
    "select region_row, 'o' as office_id, cast(seen as date) as seen_until_on, "
    "cast(began as date) as from_on, cast(ended as date) as until_on, outcome from things"
)
KEYS = {
    "kind": "duration",
    "events": {"done": ["done", "gone"]},
    "max_days": 200,
    "measures": dict.fromkeys(("p50", "within_30", "without_30"), WORDS),
}


def spells(*groups):
    """A query of spells that began on 2025-03-01: (how many, end, outcome, seen until)."""
    parts = [
        f"select '111' as region_row, '2025-03-01' as began, {_text(end)} as ended, "
        f"{_text(outcome)} as outcome, '{seen}' as seen from range({times})"
        for times, end, outcome, seen in groups
    ]
    return " union all ".join(parts)


def _text(value):
    return "cast(null as varchar)" if value is None else f"'{value}'"


def march(shown, measure="p50"):
    return shown[measure, "111", *MARCH, ""]


def test_open_spells_are_censored_and_not_dropped(figures):
    rows = spells(
        (3, "2025-03-11", "done", "2025-12-31"),
        (1, None, None, "2025-03-06"),
        (3, None, None, "2025-12-31"),
    )
    shown = figures(rows, QUERY, **KEYS)
    # one leaves after 5 days; of the 6 at risk on day 10 three end: 1 - 3/6
    assert march(shown, "within_30")["value"] == pytest.approx(1 - (1 - 3 / 6))
    assert march(shown, "without_30")["value"] == pytest.approx(1 - 3 / 6)
    assert march(shown)["value"] == 10
    assert (march(shown)["n"], march(shown)["n_numerator"]) == (3 + 1 + 3, 3)


def test_an_end_that_its_file_could_not_have_shown_is_not_used(figures):
    rows = spells((1, "2025-03-11", "done", "2025-12-31"), (1, "2025-03-21", "done", "2025-03-16"))
    shown = figures(rows, QUERY, **KEYS)
    assert march(shown)["n_numerator"] == 1


def test_a_spell_that_began_after_its_file_was_not_watched(figures):
    rows = spells((1, "2025-03-11", "done", "2025-12-31"), (5, None, None, "2025-02-01"))
    assert march(figures(rows, QUERY, **KEYS))["n"] == 1


def test_a_group_needs_thirty_units_and_ten_events(figures):
    seen = "2025-12-31"
    for ended, open_, state in ((29, 0, "too_few"), (9, 40, "too_few"), (10, 20, "not_reached")):
        rows = spells((ended, "2025-03-11", "done", seen), (open_, None, None, seen))
        assert march(figures(rows, QUERY, **KEYS, cell="N30"))["state"] == state
    rows = spells((20, "2025-03-11", "done", seen), (10, None, None, seen))
    shown = figures(rows, QUERY, **KEYS, cell="N30")
    assert (march(shown)["state"], march(shown)["value"]) == ("ok", 10)
    assert march(shown, "within_30")["value"] == pytest.approx(20 / 30)
    assert march(shown)["conf_level"] == 0.95


def test_a_quantile_that_is_not_reached_is_a_state_and_not_a_gap(figures):
    rows = spells((1, "2025-03-11", "done", "2025-12-31"), (3, None, None, "2025-12-31"))
    shown = march(figures(rows, QUERY, **KEYS))
    assert (shown["state"], shown["value"], shown["reason"], shown["flags"]) == (
        *("not_reached", None),
        *("", ""),
    )


def test_a_horizon_that_nobody_was_watched_for_is_too_early(figures):
    rows = spells((1, "2025-03-11", "done", "2025-03-20"), (3, None, None, "2025-03-20"))
    shown = figures(rows, QUERY, Frame(date(2025, 3, 20)), **KEYS)
    within = march(shown, "within_30")
    assert (within["state"], within["reason"], within["flags"]) == (
        *("not_available", "not_yet_observable"),
        "p",
    )


def test_what_lasts_longer_than_max_days_is_open_at_max_days(figures):
    rows = spells((2, "2025-11-01", "done", "2025-12-31"), (1, "2025-03-11", "done", "2025-12-31"))
    shown = figures(rows, QUERY, **KEYS)
    assert (march(shown)["n_numerator"], march(shown)["state"]) == (1, "not_reached")


def test_an_empty_cell_has_no_denominator(figures):
    shown = figures(spells((1, "2025-03-11", "done", "2025-12-31")), QUERY, **KEYS)
    empty = shown["p50", "112", *MARCH, ""]
    assert (empty["state"], empty["reason"], empty["n"]) == ("not_available", "no_denominator", 0)


@pytest.mark.parametrize(("end", "outcome"), [("2025-02-11", "done"), ("2025-03-11", "elsewhere")])
def test_a_reversed_spell_or_an_unlisted_outcome_stops_the_run(figures, end, outcome):
    with pytest.raises(IndicatorError, match="competing outcomes are not yet supported"):
        figures(spells((1, end, outcome, "2025-12-31")), QUERY, **KEYS)


def test_without_an_outcome_every_end_is_an_event(figures):
    query = QUERY.replace(", outcome", "")
    shown = figures(spells((2, "2025-03-11", None, "2025-12-31")), query, **KEYS)
    assert march(shown)["n_numerator"] == 2


def test_the_quantiles_of_amounts_are_those_of_the_amounts(figures):
    amounts = "select '111' as region_row, date '2025-03-05' as on_date, a as amount"
    rows = f"{amounts} from (values (10), (20), (20), (70)) as t(a)"
    query = f"select {COMMON}, on_date, amount from things"
    keys = {"kind": "quantile", "max_days": 100}
    shown = figures(rows, query, measures={"p50": WORDS, "p90": WORDS}, **keys)
    assert (march(shown)["value"], march(shown, "p90")["value"]) == (20, 70)
    with pytest.raises(IndicatorError, match="no amount is negative"):
        figures(f"{amounts} from (values (-1)) as t(a)", query, measures={"p50": WORDS}, **keys)
