"""Curves: what is censored, when a figure is too thin, not reached or too early."""

from datetime import date

import pytest

from pipelines.engine.frame import Frame
from pipelines.portable import IndicatorError

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


def test_a_reversed_spell_stops_the_run(figures):
    with pytest.raises(IndicatorError, match="no spell ends before it begins"):
        figures(spells((1, "2025-02-11", "done", "2025-12-31")), QUERY, **KEYS)


def test_outcomes_that_are_not_listed_compete(figures):
    seen = "2025-12-31"
    rows = spells(
        (1, "2025-03-03", "done", seen),
        (1, "2025-03-04", "elsewhere", seen),
        (1, None, None, "2025-03-06"),
        (1, "2025-03-09", "gone", seen),
        (1, None, None, seen),
    )
    measures = dict.fromkeys(("within_30", "without_30", "rmst_10", "p20", "p90"), WORDS)
    shown = figures(rows, QUERY, **KEYS | {"measures": measures})
    # on day 2 one of 5, on day 3 one of 4 ends otherwise, on day 8 one of the 2 still watched
    within = 1 / 5 + 4 / 5 * 3 / 4 * 1 / 2
    assert march(shown, "within_30")["value"] == pytest.approx(within)
    assert march(shown, "without_30")["value"] == pytest.approx(1 - within)
    assert march(shown, "within_30")["value"] < 1 - (1 - 1 / 5) * (1 - 1 / 2), "never 1 - KM"
    assert march(shown, "rmst_10")["value"] == pytest.approx(2 * 1 + 6 * 4 / 5 + 2 * (1 - within))
    assert march(shown, "p20")["value"] == (2 + 8) / 2, "flat at exactly one fifth"
    assert (march(shown, "p90")["state"], march(shown, "p90")["value"]) == ("not_reached", None)
    assert (march(shown, "p20")["n"], march(shown, "p20")["n_numerator"]) == (5, 2)
    low, high = (march(shown, "rmst_10")[name] for name in ("low", "high"))
    assert 0 < low < march(shown, "rmst_10")["value"] < high <= 10


def test_an_end_without_an_outcome_is_still_open_when_its_file_was_made(figures):
    rows = spells((1, "2025-03-11", None, "2025-12-31"), (1, "2025-03-21", "done", "2025-12-31"))
    shown = figures(rows, QUERY, **KEYS)
    # dropped on day 10 it would have left the second alone, all of whom had the event
    assert march(shown, "within_30")["value"] == pytest.approx(1 / 2)


def test_what_competes_after_max_days_is_open_at_max_days(figures):
    rows = spells((1, "2025-03-11", "done", "2025-12-31"), (1, "2025-12-01", "x", "2025-12-31"))
    assert march(figures(rows, QUERY, **KEYS), "without_30")["value"] == pytest.approx(1 / 2)


def test_without_an_outcome_every_end_is_an_event(figures):
    query = QUERY.replace(", outcome", "")
    shown = figures(spells((2, "2025-03-11", None, "2025-12-31")), query, **KEYS)
    assert march(shown)["n_numerator"] == 2


def test_the_quantiles_of_amounts_are_those_of_the_amounts(figures):
    amounts = "select '111' as region_row, date '2025-03-05' as on_date, a as amount"
    rows = f"{amounts} from (values (10), (20), (20), (70)) as t(a)"
    query = f"select {COMMON}, on_date, amount from things"
    keys, median = {"kind": "quantile", "max_days": 100}, {"measures": {"p50": WORDS}}
    shown = figures(rows, query, measures={"p50": WORDS, "p90": WORDS}, **keys)
    assert (march(shown)["value"], march(shown, "p90")["value"]) == (20, 70)
    assert march(shown)["flags"] == ""
    for amount in ("-1", "1.5"):
        with pytest.raises(IndicatorError, match="no amount is negative or a fraction"):
            figures(f"{amounts} from (values ({amount})) as t(a)", query, **keys, **median)


def test_amounts_may_be_larger_than_any_number_of_days(figures):
    """Minutes, for one: a month has 43,200 of them, and nothing is cut off without `max_days`."""
    amounts = "select '111' as region_row, date '2025-03-05' as on_date, a as amount"
    rows = f"{amounts} from (values (259), (43200), (999999)) as t(a)"
    keys = {"kind": "quantile", "unit": "minute", "measures": dict.fromkeys(("p50", "p90"), WORDS)}
    shown = figures(rows, f"select {COMMON}, on_date, amount from things", **keys)
    assert (march(shown)["value"], march(shown, "p90")["value"]) == (43200, 999999)


def test_a_missing_amount_is_counted_as_missing(figures):
    amounts = "select r as region_row, date '2025-03-05' as on_date, a as amount"
    rows = f"{amounts} from (values ('111', 10), ('111', null), ('112', null)) as t(r, a)"
    keys = {"kind": "quantile", "measures": {"p50": WORDS}}
    shown = figures(rows, f"select {COMMON}, on_date, amount from things", **keys)
    assert (march(shown)["value"], march(shown)["n"], march(shown)["flags"]) == (10, 1, "e")
    other = shown["p50", "112", *MARCH, ""]
    assert (other["state"], other["reason"]) == ("not_available", "field_absent")


def test_only_amounts_whose_follow_up_has_passed_count(figures):
    amounts = "select '111' as region_row, on_date, a as amount"
    rows = f"{amounts} from (values (date '2025-03-02', 10), (date '2025-03-20', 70)) t(on_date, a)"
    keys = {"kind": "quantile", "measures": {"p50": WORDS}, "follow_up_days": 7}
    query = f"select {COMMON}, on_date, amount from things"
    shown = march(figures(rows, query, Frame(date(2025, 3, 25)), **keys))
    assert (shown["value"], shown["n"], shown["flags"]) == (10, 1, "p")
