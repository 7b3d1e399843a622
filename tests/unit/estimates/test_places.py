"""Places among their peers, and against what their mix of matters leads to expect."""

from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from pipelines.estimates.case_mix import expected_of_mix
from pipelines.estimates.endings import RESOLVED
from pipelines.estimates.places import compared_places
from pipelines.estimates.series import Period
from pipelines.estimates.table import Row
from pipelines.methods.estimates import Method
from tests.unit.estimates.world import AS_OF, add_years, staging

YEAR = Period("year", date(2025, 1, 1), date(2026, 1, 1))
SHARE = (RESOLVED, "within_60", "share")
EASY, HARD = 0.9, 0.5


def place(at: int) -> tuple[str, str, str]:
    return "county", f"9901{at:02d}", f"县{at}"


def with_cases(
    con: duckdb.DuckDBPyConnection,
    sizes: list[int],
    hard: list[float],
    slower: dict[int, float] | None = None,
    seed: int = 1,
) -> None:
    """Counties whose cases are hard or easy; `hard` is the share of hard ones in each."""
    rng = np.random.default_rng(seed)
    home = np.repeat(np.arange(len(sizes)), sizes)
    is_hard = rng.random(len(home)) < np.array(hard)[home]
    chance = np.where(is_hard, HARD, EASY)
    for at, factor in (slower or {}).items():
        chance = np.where(home == at, chance * factor, chance)
    is_in = rng.random(len(home)) < chance
    day = rng.integers(0, 365, len(home))
    drawn = {"home": home, "is_hard": is_hard, "is_in": is_in, "day": day}
    con.register("drawn", pa.table(drawn))
    con.execute(
        """
        insert into model.case_timelines by name
        select '9901' || lpad(home::text, 2, '0') || '@' as region_row, 'letter' as channel,
            if(is_hard, 'land', 'labour') as content_code, date '2025-01-01' + day::int as
            registered_on, registered_on + if(is_in, 30, 100) as closed_on, 'resolved' as outcome,
            ? as seen_until_on
        from drawn
        """,
        [AS_OF],
    )
    for at, n in enumerate(sizes):
        code = place(at)[1]
        con.execute(
            "insert into geo.regions values (?, ?, ?, 'county', '990100', '0001-01-01', ?, null)",
            [code, code, code, f"{code}@"],
        )
        k = int(is_in[home == at].sum())
        add_years(con, SHARE, place(at), [(YEAR.start, k / n, None, n)])


def beyond(rows: list[Row], method: Method) -> list[str]:
    return [
        row.stratum.region_code
        for row in rows
        if row.estimate.method == method and row.estimate.finding == "beyond"
    ]


def test_a_county_of_hard_matters_is_beyond_until_its_mix_is_allowed_for():
    con = staging()
    hard = [0.2] * 30
    hard[7] = 0.9
    with_cases(con, [1000] * 30, hard, slower={11: 0.5})
    rows = list(compared_places(con, AS_OF))
    assert beyond(rows, Method.FUNNEL) == ["990107", "990111"]
    assert beyond(rows, Method.FUNNEL_CASE_MIX) == ["990111"]
    adjusted = next(
        row.estimate
        for row in rows
        if row.estimate.method == Method.FUNNEL_CASE_MIX and row.stratum.region_code == "990107"
    )
    assert adjusted.value == pytest.approx(1.0, abs=0.1)
    assert "not_adjusted_for_case_mix" not in adjusted.caveats
    assert (adjusted.n, adjusted.n_events) == (1000, None)  # the release prints no terms of it


def test_the_mix_expects_what_the_same_kinds_of_matters_do_everywhere():
    con = staging()
    with_cases(con, [2000, 3000], [1.0, 0.0])
    found = expected_of_mix(con, "county", YEAR, 60)
    assert found["990100"] == pytest.approx(HARD, abs=0.04)
    assert found["990101"] == pytest.approx(EASY, abs=0.02)
    assert expected_of_mix(con, "city", YEAR, 60).keys() == {"990100"}
    assert all(round(share, 3) == share for share in found.values())


def test_a_case_of_a_city_itself_is_in_no_county_and_a_place_without_cases_says_so():
    con = staging()
    with_cases(con, [1000] * 20, [0.2] * 20)
    con.execute(
        "insert into geo.regions values "
        "('990100', '市', 'City', 'city', null, '0001-01-01', '990100@', null)"
    )
    con.execute(
        "update model.case_timelines set region_row = '990100@' where region_row = '990103@'"
    )
    assert "990103" not in expected_of_mix(con, "county", YEAR, 60)
    assert expected_of_mix(con, "city", YEAR, 60).keys() == {"990100"}
    rows = [
        row for row in compared_places(con, AS_OF) if row.estimate.method == Method.FUNNEL_CASE_MIX
    ]
    untold = [row.stratum.region_code for row in rows if row.estimate.reason == "mix_not_known"]
    assert untold == ["990103"]
    assert len(rows) == 20


def test_kinds_that_are_too_few_to_take_a_share_from_fall_back_on_wider_ones():
    con = staging()
    with_cases(con, [40, 960], [1.0, 0.0])
    found = expected_of_mix(con, "county", YEAR, 60)
    [(overall,)] = con.execute(
        "select round(avg((closed_on - registered_on <= 60)::int), 3) from model.case_timelines"
    ).fetchall()
    assert found["990100"] == overall  # forty hard matters are no kind of their own


def test_matters_that_were_not_watched_for_sixty_days_count_on_neither_side():
    con = staging()
    with_cases(con, [2000, 3000], [0.0, 0.0])
    before = expected_of_mix(con, "county", YEAR, 60)
    con.execute(
        """
        insert into model.case_timelines by name
        select region_row, channel, content_code, registered_on, null::date as closed_on,
            null as outcome, registered_on + 59 as seen_until_on
        from model.case_timelines
        """
    )
    assert expected_of_mix(con, "county", YEAR, 60) == before


def test_a_place_that_closes_later_than_those_of_its_size_is_named_among_them_only():
    """Large counties are slower as a class; one small one is as slow as the large ones."""
    con = staging()
    sizes = [300] * 30 + [600] * 30 + [1200] * 30
    hard = [0.0] * 30 + [0.35] * 30 + [0.7] * 30
    hard[3] = 0.7
    with_cases(con, sizes, hard)
    rows = list(compared_places(con, AS_OF))
    assert beyond(rows, Method.FUNNEL_PEERS) == ["990103"]
    assert beyond(rows, Method.FUNNEL) == []
    told = [row for row in rows if row.estimate.method == Method.FUNNEL_PEERS]
    assert len(told) == 90
    assert {row.stratum.contrast for row in told} == {"failures"}


def test_no_peers_where_thirds_are_too_small_and_no_mix_of_other_shares():
    con = staging()
    with_cases(con, [500] * 20, [0.2] * 20)
    for at in range(20):
        row = [(YEAR.start, 0.9, 450, 500)]
        add_years(con, ("ontime_closure_rate", "due_based", "share"), place(at), row)
    rows = list(compared_places(con, AS_OF))
    assert [row for row in rows if row.estimate.method == Method.FUNNEL_PEERS] == []
    mixed = {
        row.estimate.indicator for row in rows if row.estimate.method == Method.FUNNEL_CASE_MIX
    }
    assert mixed == {RESOLVED}


def test_a_case_mix_that_leads_to_few_expected_says_so():
    con = staging()
    with_cases(con, [400] * 25 + [31], [0.2] * 25 + [0.0])
    rows = list(compared_places(con, AS_OF))
    few = [r.estimate.reason for r in rows if r.stratum.region_code == "990125"]
    assert "fewer_than_5_expected" in few
