"""Every record counts once, whatever was sent in which form, order and number of times.

The cases are those of the catalogue's group F. Rows are written as `number persons closed updated`
with `-` for nothing; all were registered on 5 January 2026.
"""

from pathlib import Path

import pytest

from tests.unit.ingest.world import World

MAPPINGS = Path(__file__).parent / "mappings"
MAPPING = (MAPPINGS / "dated_register.yml").read_text(encoding="utf-8")
HEADER = "编号,机构,登记日期,人次,办结日期,更新时间"


@pytest.fixture
def office(world: World) -> World:
    world.mapping(MAPPING, "dated_register")
    return world


def text(*rows: str) -> str:
    lines = [HEADER]
    for row in rows:
        number, persons, closed, updated = (*row.split(), "-", "-", "-")[:4]
        cells = (number, "F01", "2026-01-05", persons, closed, updated)
        lines.append(",".join("" if cell == "-" else cell for cell in cells))
    return "\n".join(lines) + "\n"


def send(office: World, day: str, *rows: str, sender: str = "F01", name: str = "台账") -> None:
    """Send the register as of a day of 2026."""
    office.drop(f"{sender}_{name}_2026{day.replace('-', '')}.csv", text(*rows))


def current(office: World) -> list[str]:
    """The submissions that count, as `persons outcome closed`."""
    rows = office.query(
        "select persons, outcome, closed_on::varchar from model.case_timelines order by all"
    )
    return [" ".join(str(cell or "-") for cell in row) for row in rows]


def fates(office: World, table: str = "cases") -> list[tuple[int, ...]]:
    """Records, current, superseded, duplicate and quarantined of each file, in order of extract."""
    assert office.query("select * from ops.checks where check_id = 'RECEIPTS' and not passed") == []
    return office.query(
        "select fates.records, current_count, superseded_count, duplicate_count, "
        "quarantined_count from quarantine.fates join ops.files using (file_id, table_name) "
        f"where table_name = '{table}' order by as_of, files.name"
    )


def remarks(office: World, reason: str) -> list[tuple[str, int]]:
    return office.query(
        "select table_name, record_no from quarantine.records "
        f"where reason_code = '{reason}' order by all"
    )


def held(office: World) -> list[tuple[str, str]]:
    """Checks that hold the publication."""
    return office.query(
        "select check_id, table_name from ops.checks where not passed and severity = 'block' "
        "order by all"
    )


def test_the_same_bytes_under_another_name_are_one_file(office):
    send(office, "01-31", "1 2 2026-01-20")
    send(office, "01-31", "1 2 2026-01-20", name="台账副本")
    office.accept()
    assert current(office) == ["2 resolved 2026-01-20"]
    assert fates(office) == [(1, 1, 0, 0, 0)]


def test_the_same_records_in_another_encoding_are_all_duplicates_with_their_steps(office):
    send(office, "01-31", "1 2 2026-01-20", "2 3")
    office.drop("F01_台账2_20260131.csv", text("1 2 2026-01-20", "2 3").encode("gb18030"))
    office.accept()
    assert sorted(fates(office)) == [(2, 0, 0, 2, 0), (2, 2, 0, 0, 0)]
    assert sorted(fates(office, "case_events")) == [(4, 0, 0, 4, 0), (4, 4, 0, 0, 0)]


def test_a_record_that_is_listed_twice_is_current_once(office):
    send(office, "01-31", "1 2", "1 2", "2 3")
    office.accept()
    assert fates(office) == [(3, 2, 0, 1, 0)]


def test_of_records_that_contradict_each_other_neither_wins_and_their_steps_are_out(office):
    send(office, "01-31", "1 2 2026-01-20", "1 3 2026-01-21", "2 3")
    office.accept()
    assert current(office) == ["3 - -"]
    assert fates(office) == [(3, 1, 0, 0, 2)]
    assert remarks(office, "E_DUP_CONFLICT") == [("cases", 1), ("cases", 2)]
    # Registered, replied and closed twice over; the third submission was registered.
    assert fates(office, "case_events") == [(7, 1, 0, 0, 6)]
    assert remarks(office, "E_ORPHAN") == [("case_events", n) for n in (1, 1, 1, 2, 2, 2)]
    assert office.query(
        "select failed_count, total_count from ops.checks "
        "where check_id = 'V33' and table_name = 'case_events'"
    ) == [(6, 7)]


@pytest.mark.parametrize("order", [("01-31", "02-28"), ("02-28", "01-31")])
def test_a_correction_counts_whether_it_comes_before_or_after(office, order):
    sent = {"01-31": "1 2 2026-01-20 2026-01-20", "02-28": "1 4 2026-01-22 2026-02-03"}
    for day in order:
        send(office, day, sent[day])
        office.accept()
    assert current(office) == ["4 resolved 2026-01-22"]
    assert fates(office) == [(1, 0, 1, 0, 0), (1, 1, 0, 0, 0)]
    assert fates(office, "case_events") == [(3, 0, 3, 0, 0), (3, 3, 0, 0, 0)]


def test_an_emptied_date_opens_the_submission_again(office):
    send(office, "01-31", "1 2 2026-01-20", "2 3 2026-01-21")
    send(office, "02-28", "1 2 - 2026-02-03", "2 3 2026-01-21")
    office.accept()
    assert current(office) == ["2 - -", "3 resolved 2026-01-21"]
    assert fates(office, "case_events") == [(6, 0, 6, 0, 0), (4, 4, 0, 0, 0)]


def test_a_broken_correction_leaves_the_steps_of_the_good_record_in_force(office):
    send(office, "01-31", "1 2 2026-01-20")
    send(office, "02-28", "1 0 2026-02-20")
    office.accept()
    assert current(office) == ["2 resolved 2026-01-20"]
    assert fates(office) == [(1, 1, 0, 0, 0), (1, 0, 0, 0, 1)]
    assert fates(office, "case_events") == [(3, 3, 0, 0, 0), (3, 0, 0, 0, 3)]


def test_a_source_without_steps_takes_no_steps_away(office):
    plain = MAPPING.replace("dated_register", "plain_register").replace("台账", "名册")
    lines = [line for line in plain.splitlines() if "case_events" not in line]
    office.mapping("\n".join(lines), "plain_register")
    send(office, "01-31", "1 2 2026-01-20")
    send(office, "02-28", "1 2", name="名册")
    office.accept()
    assert fates(office) == [(1, 0, 1, 0, 0), (1, 1, 0, 0, 0)]
    assert current(office) == ["2 resolved 2026-01-20"]


def test_overlapping_exports_count_what_they_share_once(office):
    send(office, "01-31", *(f"{n} 1" for n in range(100, 140)))
    send(office, "02-28", *(f"{n} 1" for n in range(120, 160)))
    office.accept()
    assert len(current(office)) == 60
    assert fates(office) == [(40, 20, 20, 0, 0), (40, 40, 0, 0, 0)]


def test_one_number_of_two_offices_is_two_submissions(office):
    for sender in ("F01", "F02", "F03"):
        send(office, "01-31", f"1 {sender[-1]}", "2 5", sender=sender)
    office.accept()
    assert len(current(office)) == 6


# What a fuller export leaves out


def test_a_row_that_a_fuller_export_leaves_out_stays_and_waits_for_a_person(office):
    send(office, "01-31", "1 1", "2 2", "3 3", "4 4")
    send(office, "02-28", "1 1", "3 3", "4 4", "5 5")
    office.accept()
    assert [persons.split()[0] for persons in current(office)] == ["1", "2", "3", "4", "5"]
    assert remarks(office, "W_ROWS_VANISHED") == [("cases", 2)]
    assert held(office) == []


def test_what_comes_back_in_the_newest_export_has_not_vanished(office):
    send(office, "01-31", "1 1", "2 2", "3 3")
    send(office, "02-28", "1 1", "3 3")
    send(office, "03-31", "1 1", "2 2", "3 3", "4 4")
    office.accept()
    assert remarks(office, "W_ROWS_VANISHED") == []


def test_a_refused_record_has_not_vanished(office):
    send(office, "01-31", "1 1", "2 2", "3 3")
    send(office, "02-28", "1 1", "2 many", "3 3")
    office.accept()
    assert remarks(office, "W_ROWS_VANISHED") == []


def test_an_export_of_other_records_is_no_fuller_export(office):
    send(office, "01-31", "1 1", "2 2", "3 3")
    send(office, "02-28", "3 3", "4 4", "5 5", "6 6")
    office.accept()
    assert remarks(office, "W_ROWS_VANISHED") == []


def test_an_export_of_another_period_leaves_nothing_out(office):
    for day, month, rows in (("01-31", "01", ("1 1", "2 2")), ("02-28", "02", ("1 1",))):
        send(office, day, *rows)
        name = f"F01_台账_2026{day.replace('-', '')}.csv.meta.yml"
        office.drop(name, f"start: 2026-{month}-01\nend: 2026-{day}\n")
    office.accept()
    assert remarks(office, "W_ROWS_VANISHED") == []


# Two systems


def second_system(office: World, precedence: int) -> None:
    other = MAPPING.replace("dated_register", "other_system").replace("台账", "平台")
    office.mapping(f"{other}precedence: {precedence}\n", "other_system")


@pytest.mark.parametrize(("precedence", "winner"), [(1, "4"), (2, "2")])
def test_the_source_that_takes_precedence_counts_even_if_it_is_older(office, precedence, winner):
    second_system(office, precedence)
    send(office, "01-31", "1 2", name="平台")
    send(office, "02-28", "1 4")
    office.accept()
    assert [found.split()[0] for found in current(office)] == [winner]
    loser = 1 - int(precedence > 1)
    assert [fate[2] for fate in fates(office)] == [loser, 1 - loser]
    assert remarks(office, "W_DUP_CONFLICT") == [("cases", 1)]
    assert held(office) == []


def test_systems_that_say_the_same_do_not_differ(office):
    second_system(office, 2)
    send(office, "01-31", "1 2 - 2026-01-20", name="平台")
    send(office, "02-28", "1 2 2026-02-20")
    office.accept()
    assert remarks(office, "W_DUP_CONFLICT") == []


# Changes that hold the publication


def release(office: World, day: str) -> None:
    """Somebody has looked at the file of a day, and lists it."""
    [(file_id,)] = office.query(
        f"select distinct file_id from ops.files where name like '%{day.replace('-', '')}.csv'"
    )
    office.accept_changes(file_id)


def test_many_closings_taken_back_hold_the_publication_until_somebody_has_looked(office):
    closed = [f"{n} 1 2026-01-{n - 90}" for n in range(100, 120)]
    send(office, "01-31", *closed)
    send(office, "02-28", *(f"{n} 1" for n in range(100, 106)), *closed[6:])
    office.judge()
    assert held(office) == [("W_MASS_CHANGE", "cases")]
    release(office, "02-28")
    office.judge()
    assert held(office) == []
    assert office.query(
        "select severity, found_count from ops.file_findings where reason_code = 'W_MASS_CHANGE'"
    ) == [("warning", 6)]


def test_a_few_submissions_may_be_opened_again(office):
    closed = [f"{n} 1 2026-01-{n - 90}" for n in range(100, 120)]
    send(office, "01-31", *closed)
    send(office, "02-28", *(f"{n} 1" for n in range(100, 104)), *closed[4:])
    office.judge()
    assert held(office) == []


@pytest.mark.parametrize(("rows", "is_held"), [(40, True), (60, False)])
def test_an_export_that_holds_far_fewer_records_waits(office, rows, is_held):
    for day in ("01-31", "02-28", "03-31"):
        send(office, day, *(f"{day}{n} 1" for n in range(100)))
    send(office, "04-30", *(f"04{n} 1" for n in range(rows)))
    office.judge()
    assert held(office) == ([("W_VOLUME", "cases")] if is_held else [])


def test_the_first_addition_to_a_whole_history_is_told_and_holds_nothing(office):
    send(office, "01-31", *(f"{n} 1" for n in range(100, 200)))
    send(office, "02-28", *(f"{n} 1" for n in range(300, 310)))
    office.judge()
    assert held(office) == []
    assert office.query("select severity, found_count from ops.file_findings") == [("warning", 90)]
    send(office, "03-31", *(f"{n} 1" for n in range(400, 410)))
    office.judge()
    assert held(office) == []


def test_half_of_a_whole_history_is_held(office):
    send(office, "01-31", *(f"{n} 1" for n in range(100, 200)))
    send(office, "02-28", *(f"{n} 1" for n in range(100, 140)))
    office.judge()
    assert held(office) == [("W_VOLUME", "cases")]


def test_exports_of_stated_periods_are_compared_by_the_day(office):
    for day, start, rows in (
        ("01-31", "2025-01-01", 1000),
        ("02-28", "2026-02-01", 70),
        ("03-31", "2026-03-01", 20),
    ):
        send(office, day, *(f"{day}{n} 1" for n in range(rows)))
        name = f"F01_台账_2026{day.replace('-', '')}.csv.meta.yml"
        office.drop(name, f"start: {start}\nend: 2026-{day}\n")
    office.judge()
    assert office.query("select name from ops.file_findings where severity = 'error'") == [
        ("F01_台账_20260331.csv",)
    ]


def test_a_small_office_may_have_a_quiet_month(office):
    send(office, "01-31", *(f"{n} 1" for n in range(15)))
    send(office, "02-28", "30 1")
    office.judge()
    assert held(office) == []


def test_the_parts_of_one_export_are_counted_together(office):
    send(office, "01-31", *(f"{n} 1" for n in range(100)))
    for part in range(4):
        rows = (f"{n} 1" for n in range(25 * part, 25 * part + 25))
        send(office, "02-28", *rows, name=f"台账{part}")
    office.judge()
    assert held(office) == []
