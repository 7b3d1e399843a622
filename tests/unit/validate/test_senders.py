"""Rules about all that one sender sends: `good` keeps each of them, `bad` breaks each by its own.

Everything lands together and is judged once; each rule's rows are built here by a query.
"""

from collections.abc import Iterator

import pytest

from pipelines.contract import Scope
from pipelines.validate.rules import fed_tables, rule_table, stamp_of
from pipelines.validate.totals import check_totals
from tests.unit.validate.test_totals import Totals
from tests.unit.validate.world import AS_OF, TABLES, World

LINEAGE = (
    "{who} as file_id, {who} as sender_id, row_number() over () as record_no, "
    f"timestamp '{AS_OF}' as as_of, 1 as precedence"
)
MORNING = "timestamp '2023-01-02 09:00:00'"


def fill(world: World, table: str, who: str, columns: str, rows: int) -> None:
    """Let `rows` rows of a sender land; `columns` are expressions of their number `n`, from 0."""
    world.con.execute(
        f"insert into landing.{table} by name select {columns}, "
        f"{LINEAGE.format(who=repr(who))} from range({rows}) as numbers(n)"
    )


def submissions(world: World, who: str, rows: int, **columns: str) -> None:
    """Submissions of a sender, all sound but for what is given."""
    given = {
        "case_id": f"'{who}' || n",
        "office_id": "'F01'",
        "registered_at": f"{MORNING} + to_hours(7 * n) + to_seconds(61 * n)",
    } | columns
    fill(world, "cases", who, ", ".join(f"{e} as {c}" for c, e in given.items()), rows)


def closings(world: World, who: str, rows: int, closed: str, due: str = "null") -> None:
    """Timelines of the first submissions of a sender."""
    world.con.execute(
        "insert into model.case_timelines by name select case_id, registered_at, "
        "cast(registered_at as date) as registered_on, '990102@2020-01-01' as region_row, "
        f"{closed} as closed_at, cast({closed} as date) as closed_on, {due} as due_at "
        f"from landing.cases where sender_id = '{who}' order by record_no limit {rows}"
    )


def persons(counts: dict[int, int]) -> str:
    """An expression of `n` that gives each number of persons as often as asked."""
    cells = [number for number, times in counts.items() for _ in range(times)]
    return f"{cells}[n + 1]"


def months(world: World, who: str, counts: list[int]) -> None:
    """Submissions of a sender in successive months that end with December 2024."""
    for age, count in enumerate(reversed(counts)):
        at = f"timestamp '2024-12-01 09:00:00' - interval {age} month + to_minutes(n)"
        submissions(world, who, count, case_id=f"'{who}{age}.' || n", registered_at=at)


# Twelve months of about 100, twice; then one month.
LEVELS = [96, 104, 100, 92, 108, 99, 101, 95, 105, 103, 97, 100] * 2


def land_closings(world: World) -> None:
    later = "registered_at + to_hours(50) + to_seconds(record_no)"
    # 3 % of 1000 and three standard errors are 46; 47 closings at once are too many.
    for who, at_once in (("V07 good", 46), ("V07 bad", 47)):
        submissions(world, who, 1000)
        closings(
            world,
            who,
            1000,
            f"case when record_no <= {at_once} then registered_at else {later} end",
        )
    # 20 % of 400 and three standard errors are 104.
    for who, late in (("V09 good", 104), ("V09 bad", 105)):
        submissions(world, who, 400)
        closings(
            world,
            who,
            400,
            later,
            f"{later} + to_days(case when record_no <= {late} then 1 else 9 end)",
        )
    submissions(world, "V09W bad", 100, registered_at=f"{MORNING} + to_days(7 * (n % 50))")
    closings(world, "V09W bad", 100, "registered_at + to_hours(2)")
    submissions(world, "V09M bad", 100, registered_at=f"{MORNING} + to_minutes(35 * n)")
    submissions(world, "V09M good", 100, registered_at=f"{MORNING} + to_minutes(7 * n)")


def land_counts(world: World) -> None:
    # A line in logarithms from 400 to 50: 200 and 100 between them.
    for who, below, at in (("V26 good", 200, 100), ("V26 bad", 290, 10), ("V26 heap", 200, 190)):
        counts = {3: 400, 4: below, 5: at, 6: 50}
        submissions(world, who, sum(counts.values()), persons=persons(counts))
    months(world, "V56 good", [*LEVELS, 110])
    months(world, "V56 bad", [*LEVELS, 40])


def land_words(world: World) -> None:
    for who, other in (("V57 good", 1), ("V57 bad", 9)):
        submissions(world, who, 100, channel=f"case when n < {other} then 'pigeon' end")
    for who, other in (("V58 good", 20), ("V58 bad", 40)):
        submissions(world, who, 100, content_code=f"case when n < {other} then 'other' end")
    # Of a hundred a year 10 are of the class, then 19 or 50.
    for who, other in (("V58D good", 19), ("V58D bad", 50)):
        submissions(
            world,
            who,
            200,
            registered_at=f"{MORNING} + to_days(n * 700 // 200)",
            content_code=f"case when n < 10 or n between 100 and {99 + other} then 'other' end",
        )
    for who, midnights in (("V08 good", 9), ("V08 bad", 13)):
        submissions(
            world,
            who,
            100,
            registered_at=f"{MORNING} + to_hours(case when n < {midnights} "
            "then 15 else 10 end) + to_days(n) + to_seconds(case when n < "
            f"{midnights} then 0 else 5 end)",
        )


def land_systems(world: World) -> None:
    for who, named in (("V55 good", 10), ("V55 bad", 8)):
        fill(
            world,
            "leader_visits",
            who,
            f"'{who}' as visit_id, date '2024-03-01' as visit_on, "
            "'990102' as region_code, 'county' as tier",
            1,
        )
        fill(
            world,
            "receptions",
            who,
            f"'{who}' || n as batch_id, '{who}' as visit_id, "
            "timestamp '2024-03-01 09:00:00' as received_at, 1 as persons",
            10,
        )
        submissions(world, who, named, visit_id=f"'{who}'")
    for who, answered, rating in (
        ("V46 good", 11, "'satisfied'"),
        ("V46 bad", 10, "'satisfied'"),
        ("V46 mixed", 10, "case when n = 0 then 'dissatisfied' else 'satisfied' end"),
    ):
        fill(
            world,
            "evaluations",
            who,
            f"'{who}' || n as evaluation_id, '{who}0' as case_id, "
            f"{MORNING} + to_days(9) + to_minutes(n) as asked_at, case when n < {answered} then "
            f"{MORNING} + to_days(10) + to_minutes(n) end as answered_at, "
            f"case when n < {answered} then {rating} end as rating",
            101,
        )
        submissions(world, who, 1)
    for who, failed in (("V48 good", 2), ("V48 bad", 1)):
        fill(
            world,
            "mediation_cases",
            who,
            f"'{who}' || n as mediation_id, "
            "date '2024-03-01' as applied_on, date '2024-03-02' as concluded_on, "
            f"case when n < {failed} then 'failed' else 'agreed' end as result",
            200,
        )
    halls = "'{0}' as hall_id, date '2024-01-01' + cast(n as integer) as day, {1} as footfall"
    weekend = "isodow(date '2024-01-01' + cast(n as integer)) > 5"
    for who, footfall, days in (
        ("V52 good", f"case when {weekend} then 0 else 100 end", 91),
        ("V52 bad", "100", 91),
        ("V52J bad", "case when n < 9 then 501 else 100 end", 100),
        ("V52J good", "case when n < 9 then 500 else 100 end", 100),
    ):
        fill(world, "hall_footfall", who, halls.format(who, footfall), days)


@pytest.fixture(scope="module")
def judged() -> Iterator[World]:
    """A good and a bad sender for each rule."""
    world = Totals()
    world.con.execute(
        "insert into ops.months select cast(unnest(generate_series(date '2022-01-01', "
        "date '2024-12-01', interval '1 month')) as date)"
    )
    world.con.execute(
        "insert into model.rule_calendar (rule_id, topic, value, unit, valid_from, valid_to) "
        "values ('c', 'collective_threshold', 5, 'persons', '0001-01-01', '9999-12-31')"
    )
    world.con.execute(
        "insert into model.calendar_days (day, is_workday) select cast(day as date), "
        "isodow(day) < 6 from generate_series(date '2024-01-01', date '2024-12-30', "
        "interval '1 day') as days(day)"
    )
    for land in (land_closings, land_counts, land_words, land_systems):
        land(world)
    world.accept()
    check_totals(world.con, world.tables)
    yield world
    world.con.close()


def breaches(world: World, rule: str, table: str) -> set[str]:
    """The senders that break a rule."""
    rows = world.con.execute(
        "select distinct sender_id from ops.sender_checks where check_id = ? and table_name = ? "
        "and failed_count > allowed_count",
        [rule, table],
    ).fetchall()
    return {sender for (sender,) in rows}


SENDER_RULES = [
    (table.name, rule.id)
    for table in fed_tables(TABLES).values()
    for rule in rule_table(table)
    if rule.scope is Scope.SENDER
]
ELSEWHERE = {"V08", "V57"}  # the same for every table; tried on submissions


@pytest.mark.parametrize(
    ("table", "rule"),
    [pair for pair in SENDER_RULES if pair[1] not in ELSEWHERE or pair[0] == "cases"],
)
def test_a_sender_beyond_what_is_allowed_is_named_and_the_one_beside_it_is_not(judged, table, rule):
    found = breaches(judged, rule, table)
    assert f"{rule} bad" in found
    assert f"{rule} good" not in found
    assert judged.check(rule, table)[:3] == ("warning", False, len(found))


def test_persons_heaped_at_the_threshold_are_named_too(judged):
    assert "V26 heap" in breaches(judged, "V26", "cases")


def test_a_few_who_answer_and_differ_are_no_fault(judged):
    assert breaches(judged, "V46", "evaluations") == {"V46 bad"}


def test_midnights_of_a_sender_that_has_too_many_become_dates(judged):
    def precisions(who: str) -> list[str]:
        return judged.show(
            "(select registered_precision as p, count(*) as n from model.cases "
            f"where sender_id = '{who}' group by p)",
            "p n",
        )

    assert precisions("V08 bad") == ["- 87", "day 13"]
    assert precisions("V08 good") == ["- 100"]


def test_every_table_dated_by_a_time_with_a_precision_is_looked_at_for_midnights():
    dated = {name for name, table in fed_tables(TABLES).items() if stamp_of(table)}
    assert dated == {table for table, rule in SENDER_RULES if rule == "V08"}
    assert {"cases", "case_events", "receptions", "sentinel_reports"} <= dated


@pytest.mark.parametrize(("monthly", "failing"), [(19, 0), (18, 2)])
def test_a_month_counts_as_reported_where_95_percent_of_last_years_volume_did(monthly, failing):
    """One sender of one submission a month is silent in November and December 2024."""
    world = Totals()
    world.con.execute(
        "insert into ops.months select cast(unnest(generate_series(date '2023-01-01', "
        "date '2024-12-01', interval '1 month')) as date)"
    )
    at = "timestamp '2023-01-05' + to_months(cast(n // {0} as integer))"
    submissions(world, "loud", 24 * monthly, registered_at=at.format(monthly))
    submissions(world, "quiet", 22, registered_at=at.format(1))
    world.con.execute(
        "update landing.cases set as_of = '2024-10-31 23:59:59' where sender_id = 'quiet'"
    )
    assert world.failed("V60") == failing
