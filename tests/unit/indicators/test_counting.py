"""Adding two counting units is refused, and so is a header that names another unit."""

from pathlib import Path

import pytest
import yaml

from pipelines.contract import Column, ContractError, Table, Words, load_tables
from pipelines.engine.indicator import Indicator, load_indicators
from pipelines.indicators.counting import check_counting
from pipelines.settings import PACKAGE
from pipelines.words import load_words

W = Words("词", "Word")
WORDS = {"zh": "词", "en": "Word"}
NAMES = {
    "units.batch": {"zh": "批次", "en": "batches"},
    "units.person_time": {"zh": "人次", "en": "persons"},
    "units.problem": {"zh": "个问题", "en": "problems"},
    "units.minute": {"zh": "分钟", "en": "minutes"},
}
HEADER = yaml.safe_load(
    (PACKAGE / "indicators/volume/submission_count.sql")
    .read_text(encoding="utf-8")
    .split("---*/")[0]
    .removeprefix("/*---")
) | {"by": [], "measures": {"only": WORDS}}
PERSONS = "person_time"
COMMON = "select region_row, office_id, seen_until_on, on_date"


def table(name, counts, **units):
    columns = tuple(Column(key, "integer", W, unit=unit) for key, unit in units.items())
    return Table(name, W, W, "row", columns, counts=counts, path=Path(f"{name}.yml"))


COLUMNS = {"persons": "人次", "problems": "个问题", "minutes": "分钟", "rank": ""}
TABLES = {
    "batches": table(
        "batches", "batch", persons="人次", problems="个问题", minutes="分钟", rank=""
    ),
    "visits": table("visits", "visit_event"),
    "plain": table("plain", ""),
}


@pytest.fixture
def check(tmp_path):
    def check(query, unit="batch", **keys):
        header = yaml.safe_dump(HEADER | {"unit": unit} | keys, allow_unicode=True)
        path = tmp_path / "some_count.sql"
        path.write_text(f"/*---\n{header}---*/\n{query}\n", encoding="utf-8")
        check_counting([Indicator.load(path)], TABLES, NAMES)
        return len(header.splitlines()) + 3

    return check


def count(numerator, source="batches"):
    return f"{COMMON}, {numerator} as numerator from {source}"


@pytest.mark.parametrize(
    ("numerator", "unit"),
    [
        ("1", "batch"),
        ("persons", "person_time"),
        ("coalesce(cast(persons as integer), 1)", "person_time"),
        ("case when persons > problems then persons else 0 end", "person_time"),
        ("persons - least(persons, 5)", "person_time"),
        ("problems * 2", "problem"),
        ("persons * problems", "whatever"),
        ("rank", "whatever"),
        ("batches.minutes", "minute"),
    ],
)
def test_the_unit_follows_through_the_query(check, numerator, unit):
    assert check(count(numerator), unit)


@pytest.mark.parametrize(
    ("step", "unit"),
    [
        ("select *", None),
        (f"{COMMON}, sum(persons) as people from batches group by 1, 2, 3, 4", "person_time"),
        (f"{COMMON}, count(*) as people from batches", "batch"),
        (f"{COMMON}, count(distinct rank) as people from batches", "whatever"),
        (f"{COMMON}, 1 as people from batches group by region_row", "whatever"),
        (
            f"{COMMON}, sum(persons) over (partition by on_date) as people from batches",
            "person_time",
        ),
        (f"{COMMON}, date_diff('day', on_date, on_date) as people from plain", "day"),
        (
            f"{COMMON}, persons as people from batches union all {COMMON}, 0 from plain",
            "person_time",
        ),
    ],
)
def test_a_step_hands_its_unit_on(check, step, unit):
    if unit:
        assert check(f"with s as ({step}) {count('people', 's')}", unit)


def test_rows_picked_out_of_several_are_of_no_known_unit(check):
    first = f"{COMMON}, row_number() over (order by on_date) as place from batches"
    picked = f"{COMMON}, 1 as numerator from s where place = 1"
    assert check(f"with s as ({first}) {picked}", "case")


def test_rows_of_a_step_are_rows_of_what_it_reads(check):
    assert check(f"with s as ({COMMON} from batches) {count('1', 's')}", "batch")
    with pytest.raises(ContractError, match="the query counts `batch`"):
        check(f"with s as ({COMMON} from batches) {count('1', 's')}", "person_time")


def test_two_units_are_not_added_and_the_line_is_named(check):
    query = f"{COMMON},\n persons\n + problems as numerator\nfrom batches"
    first = check(count("persons"), "person_time")
    with pytest.raises(ContractError) as caught:
        check(query, "person_time")
    assert str(caught.value) == (
        f"some_count.sql, line {first + 2}: `persons + problems` adds `problem` to `person_time`; "
        "different counting units are never added: give each a measure of its own"
    )


@pytest.mark.parametrize(
    "query",
    [
        f"{count('persons')} union all {count('1')}",
        f"with s as ({COMMON}, persons as p from batches union all {COMMON}, 1 from visits) "
        f"{count('p', 's')}",
        f"with s as ({COMMON} from batches union all {COMMON} from visits) {count('1', 's')}",
        count("case when rank > 1 then persons else problems end"),
    ],
)
def test_two_units_under_one_measure_are_refused(check, query):
    with pytest.raises(ContractError, match="different counting units are never added"):
        check(query, "person_time")


def test_two_units_may_stand_beside_each_other(check):
    query = (
        f"{COMMON}, 1 as numerator, 'batches' as measure from batches union all "
        f"{COMMON}, persons as numerator, 'persons' as measure from batches"
    )
    measures = {"batches": WORDS, "persons": WORDS | {"unit": "person_time"}}
    assert check(query, measures=measures)
    with pytest.raises(ContractError, match="`persons` has unit `batch` in the header, but the"):
        check(query, measures={"batches": WORDS, "persons": WORDS})


def test_numerator_and_denominator_are_two_units(check):
    words = {"denominator": WORDS, "kind": "ratio"}
    query = f"{COMMON}, persons as numerator, 1 as denominator from batches"
    assert check(query, "person_per_batch", **words)
    mixed = f"{query} union all {COMMON}, 0 as numerator, 1 as denominator from visits"
    with pytest.raises(ContractError, match="denominator of measure `only` adds `visit_event` to"):
        check(mixed, "person_per_batch", **words)


def test_a_stock_is_of_what_its_rows_are(check):
    query = "select region_row, office_id, seen_until_on, from_on, until_on from batches"
    assert check(query, kind="stock")
    with pytest.raises(ContractError, match="has unit `problem` in the header, but the query coun"):
        check(query, "problem", kind="stock")


def test_a_table_counts_in_a_unit_of_the_list():
    with pytest.raises(ContractError, match=r"pets\.yml: `counts` is `pet`; expected one of case"):
        check_counting([], {"pets": table("pets", "pet")}, NAMES)


def test_every_indicator_keeps_its_units():
    check_counting(
        load_indicators(PACKAGE / "indicators").values(),
        load_tables(PACKAGE / "model"),
        load_words(),
    )
