"""What stands, how old it is, and the longest spell of each period."""

from datetime import date, timedelta

import pytest

from pipelines.engine.frame import Frame
from pipelines.portable import IndicatorError

from .conftest import COMMON, WORDS, literal, things

JUNE, MAY, Q2 = ("month", "2025-06-01"), ("month", "2025-05-01"), ("quarter", "2025-04-01")
AGES = f"select {COMMON}, on_date as from_on, cast(until as date) as until_on from things"


def standing(*rows):
    """A query of spells in county 111: (first day, last day exclusive, how many)."""
    parts = [
        f"select '111' as region_row, date '{began}' as on_date, {literal(until)} as until "
        f"from range({times})"
        for began, until, times in rows
    ]
    return " union all ".join(parts)


def test_the_age_of_a_stock_is_that_of_what_stands_on_the_last_day(figures):
    rows = standing(
        ("2025-05-31", None, 8), ("2025-06-20", "2025-08-31", 1), ("2020-06-30", None, 1)
    )
    measures = dict.fromkeys(("p50", "p90"), WORDS)
    shown = figures(rows, AGES, kind="stock_age", measures=measures)
    may, june, august = ("p50", "111", *MAY, ""), ("p90", "111", *JUNE, ""), ("2025-08-01")
    assert (shown[may]["value"], shown[may]["n"]) == (0, 8 + 1)
    # 8 of 10 are 30 days old and one is older: nine tenths are between 30 days and five years
    assert shown[june]["value"] == (30 + 5 * 365 + 1) / 2
    assert (shown[june]["low"], shown[june]["flags"]) == (None, "")
    assert shown["p50", "111", "month", august, ""]["n"] == 8 + 1, "until_on is exclusive"
    december = date(2025, 12, 31) - date(2025, 5, 31)
    assert shown["p50", "11", "year", "2025-01-01", ""]["value"] == december.days
    assert shown["p50", "112", *JUNE, ""]["reason"] == "no_denominator"
    assert shown["p50", "111", "month", "2024-01-01", ""]["n"] == 1, "older than the first period"


def test_in_a_running_period_a_stock_is_as_old_as_the_data_say(figures):
    rows = standing(
        ("2025-06-01", None, 1), ("2025-06-01", "2025-06-20", 1), ("2025-06-25", None, 1)
    )
    keys = {"kind": "stock_age", "measures": {"p50": WORDS}}
    shown = figures(rows, AGES, Frame(date(2025, 6, 15)), **keys)["p50", "111", *JUNE, ""]
    assert (shown["value"], shown["n"], shown["flags"]) == (14, 2, "p")


def test_an_age_needs_thirty_that_stand(figures):
    keys = {"kind": "stock_age", "measures": {"p50": WORDS}, "cell": "N30"}
    for times, state in ((29, "too_few"), (30, "ok")):
        shown = figures(standing(("2025-06-01", None, times)), AGES, **keys)
        assert shown["p50", "111", *JUNE, ""]["state"] == state


def test_the_longest_spell_of_every_period_that_it_touches(figures):
    rows = standing(
        ("2024-12-01", "2025-05-11", 1), ("2025-05-11", "2025-06-21", 2), ("2025-06-21", None, 1)
    )
    keys = {"kind": "longest", "unit": "day", "measures": {"max": WORDS}}
    shown = figures(rows, AGES, Frame(date(2025, 9, 10)), **keys)

    def of(kind, start, region="111"):
        figure = shown["max", region, kind, start, ""]
        return figure["value"], figure["n"]

    def days(first, end):
        return (date.fromisoformat(end) - date.fromisoformat(first)).days

    assert of(*MAY) == (days("2024-12-01", "2025-05-11"), 1 + 2)
    assert of("month", "2025-04-01") == (days("2024-12-01", "2025-05-01"), 1)
    assert of(*JUNE) == (days("2025-05-11", "2025-06-21"), 2 + 1)
    assert of(*Q2, region="1") == (days("2024-12-01", "2025-05-11"), 1 + 2 + 1), "each spell once"
    assert of("month", "2025-08-01") == (days("2025-06-21", "2025-09-01"), 1)
    assert of("month", "2025-09-01") == (days("2025-06-21", "2025-09-10"), 1), "running"
    assert of("year", "2024-01-01") == (days("2024-12-01", "2025-01-01"), 1)
    quiet = shown["max", "112", *JUNE, ""]
    assert (quiet["value"], quiet["reason"]) == (None, "no_denominator")
    june = shown["max", "111", *JUNE, ""]
    assert june["change_mom"] == days("2025-05-11", "2025-06-21") - days("2024-12-01", "2025-05-11")


def test_a_spell_of_no_days_touches_the_period_that_it_lies_in(figures):
    rows = standing(("2025-06-01", "2025-06-01", 1), ("2023-01-01", "2023-05-01", 1))
    shown = figures(rows, AGES, kind="longest", measures={"max": WORDS})
    touched = {key[3]: row["value"] for key, row in shown.items() if key[1] == "111" and row["n"]}
    assert touched == {"2025-06-01": 0, "2025-04-01": 0, "2025-01-01": 0}


def test_a_stay_that_ends_before_it_begins_stops_the_run(figures):
    for kind, measure in (("stock_age", "p50"), ("longest", "max")):
        rows = standing(("2025-06-10", "2025-06-01", 1))
        with pytest.raises(IndicatorError, match="no spell ends before it begins"):
            figures(rows, AGES, kind=kind, measures={measure: WORDS})


def test_stock_share_counts_what_is_marked_among_what_stands(figures):
    rows = things(
        ("111", "2025-05-01", None, "2025-06-15"),
        ("111", "2025-05-02", None, "2025-08-01"),
        ("111", "2025-05-03", "2025-06-20", "2025-06-10"),
        ("111", "2025-06-01", "2025-06-01", "2025-06-01"),
        columns="region_row, on_date, until, marked",
    )
    query = (
        f"select {COMMON}, on_date as from_on, cast(until as date) as until_on, "
        "cast(marked as date) as marked_on from things"
    )
    shown = figures(rows, query, kind="stock_share")
    june, may = shown["only", "111", *JUNE, ""], shown["only", "111", *MAY, ""]
    assert (june["numerator"], june["denominator"], june["n"]) == (1, 1 + 1, 2)
    assert (may["numerator"], may["denominator"]) == (0, 1 + 1 + 1)


@pytest.mark.parametrize("kind", ["stock", "stock_age"])
def test_a_longer_period_has_what_its_last_month_has(figures, kind):
    rows = standing(
        ("2024-03-05", "2025-05-31", 3), ("2025-05-10", None, 2), ("2025-07-01", "2025-08-15", 5)
    )
    channel = "case when on_date < date '2025-01-01' then 'old' else 'new' end as channel"
    query = AGES.replace(" from things", f", {channel} from things")
    keys = {"kind": kind, "measures": {"p90" if kind == "stock_age" else "only": WORDS}}
    as_of = date(2025, 8, 14)
    shown = figures(rows, query, Frame(as_of), by=["channel"], **keys)
    compared = 0
    for (measure, region, period, start, by), row in shown.items():
        if period == "month":
            continue
        last = min(row["period_end"] - timedelta(1), as_of).replace(day=1)
        month = shown.get((measure, region, "month", str(last), by))
        if month is None:
            assert (region, period, by) in {("111", "year", by), ("112", "year", by)}
            continue
        compared += 1
        for name in ("numerator", "value", "n", "state", "reason", "n_numerator"):
            assert row[name] == month[name], (region, period, start, by, name)
    assert compared > 50
    county = {start: shown[*keys["measures"], "111", "year", start, "new"]["n"]
              for start in ("2024-01-01", "2025-01-01")}  # fmt: skip
    assert county == {"2024-01-01": 0, "2025-01-01": 2 + 5}
