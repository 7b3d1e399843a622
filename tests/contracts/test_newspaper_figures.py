"""The newspaper's own figures come out of its own exports as indicators, before the gate.

Each test names the system of the article (S) or the published figure (G) that it shows; the table
`tests/conventions/article_inventory.yml` refers to these tests by name.
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.bulletins.numbers import read_number
from pipelines.bulletins.ranges import Range
from pipelines.engine.compute import compute_indicators
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import load_indicators
from pipelines.ingest.reference import load_reference
from pipelines.ingest.staging import open_staging
from pipelines.model.build import build_model, source_tables
from pipelines.settings import PACKAGE, SHIPPED_REFERENCE, Home
from pipelines.validate.accept import accept_rows
from tests.contracts import newspaper_systems as systems
from tests.contracts import newspaper_years as years
from tests.contracts.newspaper import NOTICES_ON, PUJIANG, ROOM_1_MINUTES, newspaper_day
from tests.unit.ingest.world import World

INDICATORS = load_indicators(PACKAGE / "indicators")
# What is computed of each home, and the last day that the figures need: months cost time.
THE_DAY = {
    "2003-12-31": {
        *("agenda_selection_share", "batches_per_leader_visit", "batches_per_registration"),
        *("batches_per_room", "leader_visit_count", "minutes_per_batch"),
        *("on_spot_resolution_rate", "persons_per_visit_batch", "problems_per_visit"),
        *("visit_notice_lead", "visit_notice_share"),
    },
    "2005-12-31": {"commitment_time_to_done", "commitment_time_to_start"},
    "2023-12-31": {
        *("responsibility_coverage", "sentinel_dispatch_time", "sentinel_follow_through"),
    },
}
THE_YEARS = {
    "2011-12-31": {
        *("batches_per_leader_visit", "leader_visit_count", "mediation_success_rate"),
        *("persons_per_visit_batch", "visit_continuity"),
    }
}
THE_HALL = {"2018-12-31": {"items_per_hall_visit", "service_items_online"}}
Terms = tuple[int | None, int | None]


@contextmanager
def computed(
    folder: Path, files: dict[str, str], wanted: dict[str, set[str]], regions: str
) -> Iterator[World]:
    """A home with these exports, accepted, and its figures in `indicators.figures`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PETITIONS_KEY_FILE", str(folder / "keys" / "test.key"))
        world = World(Home(folder / "home"))
        world.settings = replace(world.settings, region_set=regions)
        for name, text in files.items():
            world.drop(name, text)
        world.build()
        with open_staging(world.home, world.settings) as con:
            load_reference(con, world.home, world.settings, world.tables)
            accept_rows(con, world.tables)
            build_model(con, world.home, world.settings, world.tables)
            for as_of, ids in wanted.items():
                frame = Frame(date.fromisoformat(as_of), source_tables(world.tables))
                compute_indicators(con, {name: INDICATORS[name] for name in ids}, frame)
                con.execute(
                    "create table if not exists indicators.figures as "
                    "from indicators.indicator_values limit 0"
                )
                con.execute("insert into indicators.figures from indicators.indicator_values")
        yield world


@pytest.fixture(scope="module")
def the_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    files = newspaper_day(as_of=systems.AS_OF) | systems.newspaper_systems()
    with computed(tmp_path_factory.mktemp("day"), files, THE_DAY, "zj") as world:
        yield world


@pytest.fixture(scope="module")
def the_years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    files = years.newspaper_years()
    with computed(tmp_path_factory.mktemp("years"), files, THE_YEARS, "zj") as world:
        yield world


@pytest.fixture(scope="module")
def the_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    files = years.sister_article()
    with computed(tmp_path_factory.mktemp("hall"), files, THE_HALL, "cn") as world:
        yield world


def figure(world: World, column: str, name: str, year: int, region: str = PUJIANG) -> object:
    """One number of a year's total; `name` is the indicator, or `indicator.measure`."""
    indicator, _, measure = name.partition(".")
    [(found,)] = world.query(
        f"select {column} from indicators.figures "
        f"where indicator = '{indicator}' and region_code = '{region}' and by_name = '' "
        f"and period_kind = 'year' and period_start = '{year}-01-01' "
        f"and measure = '{measure or INDICATORS[indicator].headline.name}'"
    )
    return found


def terms(world: World, name: str, year: int, region: str = PUJIANG) -> tuple[object, object]:
    return tuple(figure(world, c, name, year, region) for c in ("numerator", "denominator"))


def test_notice_of_ten_days_and_of_three_for_time_place_and_manner(the_day: World):
    """S1."""
    assert NOTICES_ON == ("2003-09-08", "2003-09-15")
    assert figure(the_day, "value", "visit_notice_lead", 2003) == 10
    assert the_day.query("select notice_days, complete_notice_days from model.visits") == [(10, 3)]
    for measure, met in (("announced", 1), ("ahead_3", 1), ("ahead_7", 1), ("complete", 1)):
        assert terms(the_day, f"visit_notice_share.{measure}", 2003) == (met, 1)


def test_more_batches_came_than_had_registered(the_day: World):
    """S2: the register of those registered is not in the exports, the organiser's total is."""
    assert terms(the_day, "batches_per_registration", 2003) == (436, systems.REGISTERED)


def test_the_visit_of_436_batches(the_day: World):
    """S3, G01: 1.530 persons per batch, 31.1 batches per room; 91 problems are no batches."""
    assert terms(the_day, "batches_per_leader_visit.per_event", 2003) == (436, 1)
    assert terms(the_day, "persons_per_visit_batch", 2003) == (667, 436)
    assert round(figure(the_day, "value", "persons_per_visit_batch", 2003), 3) == 1.530
    assert terms(the_day, "batches_per_room", 2003) == (436, 14)
    assert round(figure(the_day, "value", "batches_per_room", 2003), 1) == 31.1
    assert terms(the_day, "on_spot_resolution_rate", 2003) == (91, 436)
    assert round(figure(the_day, "value", "on_spot_resolution_rate", 2003), 3) == 0.209
    assert "problems_are_not_batches" in INDICATORS["on_spot_resolution_rate"].caveats
    assert terms(the_day, "problems_per_visit", 2003) == (436, 1)
    assert figure(the_day, "value", "leader_visit_count.person_visits", 2003) == 100


def test_minutes_for_each_batch(the_day: World):
    """S4: nine hours in fourteen rooms leave 17 minutes; room 1 took longer for its seven."""
    available = figure(the_day, "value", "minutes_per_batch.available", 2003)
    assert available == pytest.approx(14 * 540 / 436)
    assert round(available) == 17
    assert sum(ROOM_1_MINUTES) / len(ROOM_1_MINUTES) > 2 * available


def test_nine_of_sixteen_were_taken(the_day: World):
    """S5."""
    assert terms(the_day, "agenda_selection_share", 2003) == (9, 16)
    assert figure(the_day, "value", "agenda_selection_share", 2003) == 0.5625


def test_the_road_was_begun_after_three_months_and_is_one_promise_without_a_due_date(the_day):
    """S7: begun and done are seen; one promise is too few for a curve."""
    assert the_day.query(
        "select date_diff('day', made_on, start_on), cast(done_on as varchar) "
        "from model.commitment_outcomes"
    ) == [(92, "2005-10-01")]
    for name in ("commitment_time_to_start", "commitment_time_to_done"):
        found = [figure(the_day, c, name, 2003) for c in ("n", "n_numerator", "state")]
        assert found == [1, 1, "too_few"]


def test_the_sentinel_s_report_took_259_minutes(the_day: World):
    """S17: passed on after 259 minutes; one report is too few to print a median of."""
    assert the_day.query("select minutes, day_kind from model.sentinel_dispatches") == [
        (259, "workday")
    ]
    assert figure(the_day, "n", "sentinel_dispatch_time", 2023) == 1
    assert figure(the_day, "state", "sentinel_dispatch_time", 2023) == "too_few"
    assert terms(the_day, "sentinel_follow_through.raised_before", 2023) == (1, 1)


def test_all_eleven_cities_signed(the_day: World):
    """S14: of the cities; the letters with the counties below are not in the exports."""
    assert the_day.query(
        "select numerator, denominator from indicators.figures "
        "where indicator = 'responsibility_coverage' and region_code = '330000' "
        "and period_kind = 'year' and period_start = '2023-01-01' and by_value = 'city'"
    ) == [(11, 11)]


def test_the_same_leader_came_every_year(the_years: World):
    """S10: each whole year in office that the data cover has its visit, known to the month."""
    assert [terms(the_years, "visit_continuity", y, "330000") for y in range(2004, 2007)] == [
        (1, 1)
    ] * 3
    assert the_years.query(
        "select on_precision, count(*) from model.visits where on_precision <> 'day' group by all"
    ) == [("month", 3)]


def test_the_province_s_leaders_from_2003_to_2011(the_years: World):
    """G04: 4,792 batches at 180 person-visits are 26.6 each, 9,133 persons 1.906 a batch."""

    def total(name: str) -> Terms:
        pairs = [terms(the_years, name, year, "330000") for year in years.YEARS]
        return sum(part for part, _ in pairs), sum(whole for _, whole in pairs)

    assert total("batches_per_leader_visit.per_leader") == (4792, 180)
    assert total("persons_per_visit_batch") == (9133, 4792)
    assert [round(4792 / 180, 1), round(9133 / 4792, 3)] == [26.6, 1.906]


def test_the_totals_of_twenty_years_bound_what_a_visit_and_a_batch_held():
    """S11: "more than 200,000" stops short of 300,000; "about 150,000" is taken at its word."""
    with (SHIPPED_REFERENCE / "published_figures.csv").open(encoding="utf-8", newline="") as file:
        texts = {row["figure_id"]: row["as_published"] for row in csv.DictReader(file)}

    def printed(name: str) -> Range:
        number = read_number(texts[f"G03_{name}"])
        assert number is not None
        return number.range

    def bounds(one: Range, other: Range) -> list[float]:
        quotient = one.over(other)
        return [round(float(end), 2) for end in (quotient.low, quotient.high) if end is not None]

    about, batches, persons = printed("visits"), printed("batches"), printed("persons")
    visits = Range.point(150_000)
    assert about.contains(150_000)
    assert bounds(batches, visits) == [1.33, 2.0]
    assert bounds(persons, batches) == [2.33, 4.0]
    assert bounds(persons, visits) == [4.67, 5.33]
    assert bounds(batches, about)[0] < 1.33  # as an interval "about" leaves more room


def test_the_sand_yard_took_three_receptions_of_two_tiers_and_was_mediated(the_years: World):
    """S15."""
    assert the_years.query(
        "select count(*), count(distinct r.tier), any_value(m.result) from model.receptions as r "
        "join model.mediation_cases as m using (case_id)"
    ) == [(3, 2, "agreed")]
    assert terms(the_years, "mediation_success_rate.success", 2005) == (1, 1)


def test_the_hall_handled_2_8_times_as_many_items_for_each_visitor(the_hall: World):
    """S26: 1.17 x 12,000 / 5,000 = 2.808, printed as 2.81; the bounds make it more than that."""
    first, later = (
        figure(the_hall, "value", "items_per_hall_visit", y, "640100") for y in (2013, 2018)
    )
    assert later / first > 1.17 * 12_000 / 5_000
    assert round(later / first, 2) == 2.81
    assert terms(the_hall, "service_items_online.sectors", 2018, "640100") == (37, 37)
    assert figure(the_hall, "value", "service_items_online.items", 2018, "640100") >= 0.7
