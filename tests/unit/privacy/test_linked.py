"""What is hidden of a count is hidden wherever the same count is printed again."""

from dataclasses import replace
from itertools import product

import pytest

from pipelines.privacy.gate import apply_gate
from pipelines.privacy.policy import load_policy
from tests.properties.privacy.world import COLOURS, Header, World, database

COUNTIES = ("k11", "k12", "k13")
HEADERS = {name: Header(name, "count") for name in ("things", "again")}
POLICY = replace(load_policy(), linked={"things": ("again",)})


def hidden(con, indicator):
    rows = con.execute(
        "select region_code, period_kind, period_start, by_value from public.indicator_values "
        "where indicator = ? and state = 'hidden'",
        [indicator],
    ).fetchall()
    return set(rows)


@pytest.fixture
def con():
    """Counts of which some are small, and an indicator at the same places with none that is."""
    keys = product(COUNTIES, range(1, 13), COLOURS)
    hits = {key: 3 if key[:2] == ("k11", 2) else 40 for key in keys}
    con = database(World({"c1": COUNTIES}, hits, dict.fromkeys(hits, 0)), "count")
    con.execute(
        "insert into indicators.indicator_values select * replace ('again' as indicator, "
        "numerator * 100 as numerator, n * 100 as n, n_numerator * 100 as n_numerator) "
        "from indicators.indicator_values"
    )
    yield con
    con.close()


def test_alone_it_would_show_what_the_other_hides(con):
    apply_gate(con, HEADERS, replace(POLICY, linked={}))
    assert hidden(con, "things")
    assert hidden(con, "again") == set()


def test_what_is_hidden_of_the_first_is_hidden_of_the_other_and_totals_with_their_parts(con):
    apply_gate(con, HEADERS, POLICY)
    first, other = hidden(con, "things"), hidden(con, "again")
    totals = {place for place in first if place[-1] == ""}
    parts = set(
        con.execute(
            "select region_code, period_kind, period_start, by_value "
            "from public.indicator_values where indicator = 'again'"
        ).fetchall()
    )
    below = {place for place in parts if (*place[:3], "") in totals}
    assert totals
    assert other == first | below


def test_what_is_public_already_stays_shown(con):
    shown = con.sql(
        "select *, true as is_shown from indicators.indicator_values "
        "where indicator = 'again' and by_value = ''"
    )
    report = apply_gate(con, HEADERS, POLICY, shown)
    assert {place for place in hidden(con, "again") if place[-1] == ""} == set()
    telling = {place for place in hidden(con, "things") if place[-1] == ""}
    assert report.unproven == len(telling) > 0


def test_a_year_to_date_does_not_make_the_next_one_public(con):
    """They begin on the same day; only the earlier one was shown."""
    con.execute(
        "insert into indicators.indicator_values select * replace ('ytd' as period_kind, "
        "date '2020-03-01' as period_end, n as n_numerator) from (select * replace ("
        "case level when 'county' then if(region_code = 'k11', 3, 40) else 83 end as n, "
        "case level when 'county' then if(region_code = 'k11', 3, 40) else 83 end as numerator) "
        "from indicators.indicator_values "
        "where indicator = 'things' and period_kind = 'year' and by_value = '')"
    )
    shown = con.sql(
        "select * replace (date '2020-02-01' as period_end), true as is_shown "
        "from indicators.indicator_values where period_kind = 'ytd'"
    )
    apply_gate(con, HEADERS, POLICY, shown)
    found = con.execute(
        "select region_code from public.indicator_values "
        "where period_kind = 'ytd' and level = 'county' and state = 'hidden'"
    ).fetchall()
    assert ("k11",) in found
    assert len(found) > 1  # or the city would give it away


def test_without_what_is_public_all_is_proven(con):
    assert apply_gate(con, HEADERS, POLICY).unproven == 0
