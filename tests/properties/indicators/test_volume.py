"""Indicators of volume against plain sums over small random worlds."""

from datetime import date, timedelta
from math import exp, log
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.engine.indicator import load_indicators
from pipelines.ingest.person_days import derive_population_days
from pipelines.settings import PACKAGE

from .world import (
    AS_OF,
    CITIES,
    CITY_OF,
    FIRST,
    PROVINCE,
    TABLES,
    cells,
    compute,
    figures,
    is_in,
    open_staging,
    periods,
    worlds_of_batches,
    worlds_of_cases,
)

RULES = """
rule_id,topic,value,unit,valid_from,valid_to
L1,repeat_lookback,60,day,,2024-07-01
L2,repeat_lookback,20,day,2024-07-01,
T1,collective_threshold,3,persons,,2024-05-01
T2,collective_threshold,5,persons,2024-05-01,
"""
OF_BATCHES = (
    *("visit_batch_count", "visit_person_count", "persons_per_batch", "batch_size_median"),
    "collective_share",
)
OF_CASES = ("matter_count", "clearance_ratio", "first_petition_share", "repeat_petition_rate")
ENDINGS = ("refuse", "withdraw", "terminate", "close")
ALL = load_indicators(PACKAGE / "indicators")


@pytest.fixture(scope="module")
def staging(tmp_path_factory):
    con = open_staging(tmp_path_factory.mktemp("home"), RULES, [])
    yield con
    con.close()


def shown(con, world, names):
    """State and terms of each total of some indicators, by indicator."""
    found = compute(con, world, {name: ALL[name] for name in names})
    return {name: {key[1:]: row for key, row in found.items() if key[0] == name} for name in names}


def assert_sums(rows, facts, *, is_counted=False):
    """The product's terms are those of the facts; a count has a zero where a share has nothing."""
    wanted = figures(facts)
    for key, (state, part, whole, _) in rows.items():
        expected = wanted.get(key, ("not_available", None, None))
        if is_counted:
            assert (state, part) == ("ok", expected[1] or 0), key
        else:
            assert (state, part, whole) == expected, key


@settings(max_examples=6)
@given(world=worlds_of_batches)
def test_batches_and_persons(staging, world):
    rows = shown(staging, world, OF_BATCHES)
    days = [(b, b.received_at.date()) for b in world.batches]
    ones = [("batches", b.place, day, 1, 1) for b, day in days]
    assert_sums(rows["visit_batch_count"], ones, is_counted=True)
    persons = [("persons", b.place, day, b.persons, b.persons) for b, day in days]
    assert_sums(rows["visit_person_count"], persons, is_counted=True)
    assert_sums(
        rows["persons_per_batch"], [("mean", b.place, day, b.persons, 1) for b, day in days]
    )
    large = {b: b.persons >= (3 if day < date(2024, 5, 1) else 5) for b, day in days}
    assert_sums(
        rows["collective_share"],
        [("persons", b.place, day, b.persons * large[b], b.persons) for b, day in days]
        + [("batches", b.place, day, int(large[b]), 1) for b, day in days],
    )


@settings(max_examples=2)
@given(world=worlds_of_batches)
def test_the_median_is_that_of_the_sorted_batches(staging, world):
    """Thirty copies of each batch, so that there are enough for a figure, leave it where it is."""
    from dataclasses import replace  # noqa: PLC0415 - of this test alone

    thirty = replace(world, batches=world.batches * 30)
    rows = shown(staging, thirty, ["batch_size_median"])["batch_size_median"]
    for region, kind, start, end in cells():
        sizes = [
            b.persons
            for b in world.batches
            if is_in(b.place, region) and start <= b.received_at.date() < end
        ]
        state, *_, value = rows["p50", region, kind, start]
        assert (state, value) == (("ok", median(sizes)) if sizes else ("not_available", None))


def matters(world):
    """For each case in scope: whether it is a copy, and the case of its matter before it."""
    known = sorted((c.registered_at, n, c) for n, c in enumerate(world.cases) if not c.is_test)
    last = {}
    for _, _, case in known:
        before = last.get(case.matter) if case.matter else None
        is_copy = before is not None and before.registered_at.date() == case.registered_at.date()
        if is_copy:
            yield case, True, None
            continue
        yield case, False, before
        last[case.matter] = case


def is_repeat(world, case, before):
    """Whether a case repeats the one before it; None where nobody can say."""
    day = case.registered_at.date()
    look_back = timedelta(60 if day < date(2024, 7, 1) else 20)
    own = [c.registered_at.date() for c in world.cases if c.office == case.office and not c.is_test]
    if not case.matter or min(own) + look_back > day:
        return None
    return before is not None and day - before.registered_at.date() <= look_back


@settings(max_examples=10)
@given(world=worlds_of_cases)
def test_matters_and_what_repeats_them(staging, world):
    rows = shown(staging, world, OF_CASES)
    new, first, repeats = [], [], []
    for case, is_copy, before in matters(world):
        day = case.registered_at.date()
        new += [("matters", case.place, day, int(not is_copy and before is None), 1)]
        if is_copy:
            continue
        marked = None if case.is_first is None else int(case.is_first)
        first += [("recorded", case.place, day, marked, 1)]
        if (repeated := is_repeat(world, case, before)) is None:
            continue
        first += [("linked", case.place, day, int(not repeated), 1)]
        repeats += [("with_open", case.place, day, int(repeated), 1)]
        closed = before.first(*ENDINGS) if before else None
        if not (repeated and (closed is None or closed.date() > day)):
            repeats += [("rate", case.place, day, int(repeated), 1)]
    assert_sums(rows["matter_count"], new, is_counted=True)
    assert_sums(rows["first_petition_share"], first)
    assert_sums(rows["repeat_petition_rate"], repeats)
    accepted = [c for c in world.cases if c.first("accept") and not c.is_test]
    closed = [c for c in accepted if c.first(*ENDINGS)]
    assert_sums(
        rows["clearance_ratio"],
        [("ratio", c.place, c.first("accept").date(), 0, 1) for c in accepted]
        + [("ratio", c.place, c.first(*ENDINGS).date(), 1, 0) for c in closed],
    )


@settings(max_examples=3)
@given(world=worlds_of_cases)
def test_shares_of_channels_add_up_to_one(staging, world):
    compute(staging, world, {"channel_share": ALL["channel_share"]})
    rows = staging.execute(
        "select by_value, numerator, denominator from indicators.indicator_values "
        "where region_code = '990000' and period_kind = 'year' and by_name = 'channel' "
        "and state = 'ok'"
    ).fetchall()
    inside = [c for c in world.cases if not c.is_test and FIRST <= c.registered_at.date() <= AS_OF]
    counted = {}
    for case in inside:
        counted[case.channel or "unknown"] = counted.get(case.channel or "unknown", 0) + 1
    assert {value: part for value, part, _ in rows if part} == counted
    assert {whole for _, _, whole in rows} <= {len(inside)}


COUNTED_ON = (date(2023, 6, 30), date(2025, 6, 30))
_persons = st.none() | st.tuples(st.integers(1, 9_000), st.integers(1, 9_000))
populations = st.fixed_dictionaries(dict.fromkeys((PROVINCE, *CITIES, *CITY_OF), _persons))


def settle(con, population):
    """Let the regions have so many residents on the two days that they were counted on."""
    con.execute("delete from model.population")
    for code, persons in population.items():
        for day, count in zip(COUNTED_ON, persons or (), strict=False):
            con.execute(
                "insert into model.population by name select $code as region_code, "
                "date '2024-01-01' as code_valid_on, $day as reference_on, "
                "'resident' as population_type, $count as persons, 'x' as source, "
                "false as is_estimate",
                {"code": code, "day": day, "count": count},
            )
    derive_population_days(con, TABLES)


def residents(population, day):
    """The persons of each place that has some of its own or a rest, growing evenly."""
    passed = (day - COUNTED_ON[0]).days / (COUNTED_ON[1] - COUNTED_ON[0]).days
    known = {
        code: persons[0] * exp(log(persons[1] / persons[0]) * passed)
        for code, persons in population.items()
        if persons
    }
    found = {county: known[county] for county in CITY_OF if county in known}
    for city in CITIES:
        inside = [county for county in CITY_OF if CITY_OF[county] == city]
        if city in known and not known.keys() >= set(inside):
            found[city] = known[city] - sum(found.get(county, 0) for county in inside)
    is_open = any(county not in known and CITY_OF[county] not in known for county in CITY_OF)
    if PROVINCE in known and is_open:
        found[PROVINCE] = known[PROVINCE] - sum(found.values())
    return found


def is_known(population, place):
    """Whether the residents of a place are in a figure: of it, above it, or of all below it."""
    above = (CITY_OF.get(place, PROVINCE), PROVINCE)
    return any(population[code] for code in above) or is_filled(population, place)


def is_filled(population, place):
    below = [code for code in (*CITIES, *CITY_OF) if CITY_OF.get(code, PROVINCE) == place]
    inside = bool(below) and all(is_filled(population, code) for code in below)
    return bool(population[place]) or inside


@settings(max_examples=10)
@given(world=worlds_of_cases, population=populations)
def test_submissions_of_places_whose_residents_are_known(staging, world, population):
    settle(staging, population)
    rows = shown(staging, world, ["intake_rate_per_10k"])["intake_rate_per_10k"]
    facts = [
        ("per_10k", case.place, case.registered_at.date(), 1, 0)
        for case in world.cases
        if not case.is_test and is_known(population, case.place)
    ]
    for kind, start, end in periods():
        if kind == "month":
            for place, persons in residents(population, start + timedelta(14)).items():
                days = round(max(persons, 0) * (end - start).days)
                facts.append(("per_10k", place, start, 0, days))
    assert_sums(rows, facts)
