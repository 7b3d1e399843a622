"""Identities of whole tables: they hold on what is right and fail on each thing that is wrong."""

import pytest

from pipelines.contract import Severity
from pipelines.validate.rules import fed_tables
from pipelines.validate.totals import check_totals, required_checks, total_rules
from tests.unit.validate.world import AS_OF, TABLES, World

TOTALS = {
    name: table
    for name, table in TABLES.items()
    if name in {"cases", "regions", "case_timelines", "region_validity", *fed_tables(TABLES)}
}


class Totals(World):
    """Submissions that are accepted, with the timelines that a model made of them."""

    def __init__(self) -> None:
        super().__init__(tables=TOTALS)
        self.con.execute(TABLES["case_timelines"].create_sql("model.case_timelines"))
        self.con.execute("create table ops.months (month_start date)")
        self.con.execute("create table ops.run_facts (as_of timestamp)")
        self.con.execute("insert into ops.run_facts values (?)", [AS_OF])
        for begin, end in (("0001-01-01", "2020-01-01"), ("2020-01-01", "9999-12-31")):
            self.con.execute(
                "insert into geo.regions (region_row, region_code, name_zh, name_en, level, "
                "valid_from, valid_to) values ($1 || '@' || $2, $1, '甲区', 'A', 'county', $2, $3)",
                ["990102", begin, end],
            )

    def submission(self, registered_on: str, closed_on: str = "", **other: str) -> None:
        """One accepted submission and its timeline."""
        number = f"c{len(self.show('landing.cases', 'case_id'))}"
        self.land("cases", "case_id | registered_at", f"{number} | {registered_on}")
        row = {
            "case_id": number,
            "registered_on": registered_on,
            "closed_on": closed_on,
            "region_row": "990102@2020-01-01",
        } | other
        values = ", ".join(f"nullif(${name}, '')" for name in row)
        self.con.execute(
            f"insert into model.case_timelines ({', '.join(row)}) values ({values})", row
        )

    def failed(self, check_id: str, table: str = "cases") -> int:
        """How much fails a check once totals were checked."""
        self.accept()
        check_totals(self.con, self.tables)
        severity, passed, failed, _ = self.check(check_id, table)
        assert passed == (failed == 0)
        assert severity in {Severity.BLOCK, Severity.WARNING}
        return failed


@pytest.fixture
def totals() -> Totals:
    return Totals()


def test_what_was_open_and_came_less_what_went_is_what_stays_open(totals):
    totals.submission("2024-01-10", "2024-01-20")
    totals.submission("2024-01-31", "2024-02-01")
    totals.submission("2024-01-05", "2024-04-05")
    totals.submission("2024-02-05")
    assert totals.failed("V53") == 0
    columns = "month_start opening received closed closing"
    assert totals.show("quarantine.stock_flow", columns) == [
        "2024-01-01 0 3 1 2",
        "2024-02-01 2 1 1 2",
        "2024-04-01 2 0 1 1",
    ]


def test_a_submission_closed_in_a_month_before_it_came_breaks_the_stock(totals):
    totals.submission("2024-01-10", "2024-03-20")
    totals.submission("2024-03-10", "2024-02-20")
    assert totals.failed("V53") == 2  # it leaves in February what is not there, and stays in March


def test_it_does_so_even_where_nothing_else_came_or_went(totals):
    totals.submission("2024-03-10", "2024-02-20")
    assert totals.failed("V53") == 2


def test_a_submission_closed_earlier_in_its_own_month_does_not(totals):
    """Closing dated to the month is the first of it."""
    totals.submission("2024-03-10", "2024-03-01")
    assert totals.failed("V53") == 0


def test_stocks_of_two_regions_are_not_mixed(totals):
    totals.submission("2024-01-10", "2024-02-20", region_row="990102@0001-01-01")
    totals.submission("2024-01-10")
    assert totals.failed("V53") == 0
    assert totals.show("quarantine.stock_flow", "region_row month_start closing") == [
        "990102@0001-01-01 2024-01-01 1",
        "990102@0001-01-01 2024-02-01 0",
        "990102@2020-01-01 2024-01-01 1",
    ]


def test_margins_equal_the_total(totals):
    totals.submission("2024-01-10", channel="letter", content_code="land")
    totals.submission("2024-02-10", channel="", tier_received="city", purpose="other")
    assert totals.failed("V54") == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": "pigeon"},
        {"content_code": "sky"},
        {"tier_received": "moon"},
        {"purpose": "gossip"},
        {"region_row": "990102@1999-01-01"},
    ],
)
def test_a_submission_outside_a_margin_breaks_it_in_its_month(totals, wrong):
    totals.submission("2024-01-10")
    totals.submission("2024-02-10", **wrong)
    totals.submission("2024-02-11")
    assert totals.failed("V54") == 1


def test_a_month_that_a_margin_lacks_altogether_breaks_it(totals):
    totals.submission("2024-01-10", channel="pigeon")
    assert totals.failed("V54") == 1


def test_a_region_listed_twice_breaks_the_margin_of_regions(totals):
    totals.submission("2024-01-10")
    totals.con.execute("insert into geo.regions from geo.regions where valid_to = '9999-12-31'")
    assert totals.failed("V54") == 1


def test_versions_of_a_region_do_not_overlap(totals):
    assert totals.failed("V31", "regions") == 0
    totals.con.execute(
        "insert into geo.regions (region_row, region_code, valid_from, valid_to) "
        "values ('990102@2019-12-31', '990102', '2019-12-31', '2020-01-02')"
    )
    assert totals.failed("V31", "regions") == 2  # with the version before it and the one after


def test_a_file_recoded_to_another_years_list_is_remarked_on(totals):
    """One row in a hundred is no more than 1 %; two are."""
    recoded = "c{} | b | 990104 | 2009-06-01"
    totals.land("cases", "case_id | file_id", *(f"c{n} | b" for n in range(99)))
    header = "case_id | file_id | region_code | registered_at"
    totals.land("cases", header, recoded.format(99))
    assert totals.failed("V29S") == 0
    totals.con.execute("delete from ops.files")
    totals.land("cases", header, recoded.format(100))
    assert totals.failed("V29S") == 1


def test_a_submission_without_any_step_is_remarked_on(totals):
    totals.submission("2024-01-01")
    totals.submission("2024-01-01")
    totals.land("case_events", "case_id", "c0")
    assert totals.failed("V33E") == 1


def test_publication_demands_every_blocking_total(totals):
    assert {
        (rule.id, table.name)
        for table, rule in total_rules(TABLES)
        if rule.severity is Severity.BLOCK
    } < required_checks(TABLES)
    assert {("V54", "cases"), ("RECEIPTS", "cases"), ("V53", "cases")} < required_checks(TABLES)
    totals.accept()
    check_totals(totals.con, totals.tables)
    recorded = {
        (check, table)
        for check, table in totals.con.execute(
            "select check_id, table_name from ops.checks where severity = 'block'"
        ).fetchall()
    }
    second = {pair for pair in required_checks(totals.tables) if pair[0].startswith("GX:")}
    assert recorded == required_checks(totals.tables) - second
