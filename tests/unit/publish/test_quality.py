"""Counts of records are shown in tens, or as zero; what would give one away goes with it."""

from collections.abc import Iterator
from typing import cast

import duckdb
import pytest

from pipelines.publish.quality import write_quality
from tests.unit.publish.world import table_named, write_ops

K = 10


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("create schema ops; create schema quarantine; create schema public")
        values = table_named("public.indicator_values")
        con.execute(values.contract.create_sql(values.name))
        write_ops(con)
        yield con


def receipts(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    write_quality(con, K)
    return con.execute(
        """
        select record_count, current_count, superseded_count, duplicate_count, quarantined_count
        from quality.receipts
        """
    ).fetchall()


def test_counts_are_rounded_down_to_tens(con: duckdb.DuckDBPyConnection):
    assert receipts(con) == [(430, 400, 20, 0, 10)]


@pytest.mark.parametrize("small", [1, K - 1])
@pytest.mark.parametrize("fate", ["superseded", "duplicate", "quarantined"])
def test_a_small_fate_is_hidden_and_not_told_by_the_others(
    con: duckdb.DuckDBPyConnection, fate: str, small: int
):
    con.execute(f"update quarantine.fates set {fate}_count = {small}")
    con.execute(
        "update quarantine.fates set "
        "records = current_count + superseded_count + duplicate_count + quarantined_count"
    )
    [told] = receipts(con)
    low = [0 if count is None else cast("int", count) for count in told]
    most = [K - 1 if one is None else one and one + K - 1 for one in told]
    parts = ("current", "superseded", "duplicate", "quarantined")
    at = 1 + parts.index(fate)
    assert told[at] is None
    others = [part for part in range(1, 5) if part != at]
    assert low[0] - sum(cast("int", most[part]) for part in others) <= 1
    assert cast("int", most[0]) - sum(low[part] for part in others) >= K - 1


def test_two_releases_do_not_tell_how_many_records_a_file_holds(con: duckdb.DuckDBPyConnection):
    """A file of three, and a file of sixteen: each could be of any other small size."""
    [before] = receipts(con)
    add_sender(con, "F02", 3, 0)
    [after] = receipts(con)
    assert after == before
    add_sender(con, "F03", 16, 0)
    [later] = receipts(con)
    assert later[:2] == (450, 410)


def test_a_source_of_a_few_records_tells_no_count(con: duckdb.DuckDBPyConnection):
    con.execute(
        """
        update quarantine.fates set records = 9, current_count = 9, superseded_count = 0,
            quarantined_count = 0
        """
    )
    assert receipts(con) == [(None, None, 0, 0, 0)]


def test_a_few_breaches_are_no_number(con: duckdb.DuckDBPyConnection):
    con.execute("insert into ops.checks values ('V12', 'receptions', 'error', false, 10, 436)")
    write_quality(con, K)
    found = con.execute("select check_id, is_passed, failed_count from quality.checks").fetchall()
    assert sorted(found) == [
        ("RECEIPTS", True, 0),
        ("V01", True, 0),
        ("V10", False, None),
        ("V12", False, 10),
    ]


def test_a_check_of_two_sources_passes_only_if_both_do(con: duckdb.DuckDBPyConnection):
    con.execute("insert into ops.checks values ('V01', 'receptions', 'block', false, 30, 436)")
    write_quality(con, K)
    found = con.execute(
        "select is_passed, failed_count from quality.checks where check_id = 'V01'"
    ).fetchall()
    assert found == [(False, 0 + 30)]


def test_files_say_who_sent_what_until_when_and_not_how_much(con: duckdb.DuckDBPyConnection):
    write_quality(con, K)
    columns = con.execute("describe quality.files").fetchall()
    assert [row[0] for row in columns] == [
        "sender_id",
        "source",
        "table_name",
        "file_count",
        "first_period_start",
        "last_period_end",
        "last_as_of",
    ]
    assert con.execute("select sender_id, file_count from quality.files").fetchall() == [("F01", 1)]


def add_sender(con: duckdb.DuckDBPyConnection, name: str, records: int, failed: int) -> None:
    """A second office that sends receptions; `failed` of them lack what is required."""
    con.execute(
        f"insert into ops.files select '{name}', source, table_name, '{name}', period_start, "
        f"period_end, as_of, {records} from ops.files where file_id = 'aaaaaaaaaaaa'"
    )
    con.execute(
        f"insert into quarantine.fates values ('{name}', 'receptions', {records - failed}, 0, 0, "
        f"{failed}, {records})"
    )
    con.execute(
        f"insert into quarantine.records select '{name}', 'receptions', n, 'E_REQUIRED' "
        f"from range({failed}) as numbers(n)"
    )


def rates(
    con: duckdb.DuckDBPyConnection, family: str
) -> dict[str, tuple[int | None, float | None]]:
    write_quality(con, K)
    rows = con.execute(
        "select sender_id, failed_count, pass_rate from quality.pass_rates where family = ?",
        [family],
    ).fetchall()
    return {sender: (failed, rate) for sender, failed, rate in rows}


def test_each_family_has_its_own_rate_and_there_is_no_score(con: duckdb.DuckDBPyConnection):
    write_quality(con, K)
    found = con.execute("select family, failed_count, pass_rate from quality.pass_rates").fetchall()
    clean = dict.fromkeys(("completeness", "validity", "uniqueness", "timeliness"), (0, 1.0))
    assert {family: rest for family, *rest in found} == {
        family: list(rest) for family, rest in (clean | {"consistency": (10, 0.963)}).items()
    }


def test_a_record_that_breaks_two_rules_of_a_family_counts_once(con: duckdb.DuckDBPyConnection):
    con.execute(
        "insert into quarantine.records select * replace ('E_ORPHAN' as reason_code) "
        "from quarantine.records"
    )
    assert rates(con, "consistency") == {"F01": (10, 0.963)}


def test_a_record_sent_twice_is_not_unique(con: duckdb.DuckDBPyConnection):
    con.execute("update quarantine.fates set duplicate_count = 20, superseded_count = 0")
    assert rates(con, "uniqueness") == {"F01": (20, 0.954)}


def test_a_rate_of_one_means_that_none_failed(con: duckdb.DuckDBPyConnection):
    add_sender(con, "F02", 100_000, 10)
    assert rates(con, "completeness")["F02"] == (10, 0.999)


@pytest.mark.parametrize(
    ("records", "failed", "shown"),
    [
        (100, 10, (10, 0.9)),
        (100, 9, (None, None)),
        (19, 10, (None, None)),  # nine that pass
        (20, 10, (10, 0.5)),
        (10, 10, (10, 0.0)),
        (5, 0, (0, 1.0)),
    ],
)
def test_few_that_fail_or_pass_are_not_told(con: duckdb.DuckDBPyConnection, records, failed, shown):
    add_sender(con, "F02", records, failed)
    assert rates(con, "completeness")["F02"] == shown


def test_one_small_office_takes_the_counts_of_the_others_with_it(con: duckdb.DuckDBPyConnection):
    add_sender(con, "F02", 100, 20)
    add_sender(con, "F03", 100, 9)
    hidden = (None, None)
    assert rates(con, "completeness") == {"F01": (0, 1.0), "F02": hidden, "F03": hidden}
    add_sender(con, "F04", 100, 3)
    assert rates(con, "completeness")["F02"] == (20, 0.8)
