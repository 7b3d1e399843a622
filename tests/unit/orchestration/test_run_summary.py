"""What a run says at its end: of figures that others have printed, of why records are out."""

from datetime import datetime

import duckdb
import pytest

from pipelines.answers import file_remarks, printed_figures
from pipelines.ingest.reasons import RecordReason, Remark
from pipelines.ingest.receipts import Fate
from pipelines.ingest.staging import FINDINGS
from pipelines.publish.comparison import Comparison
from pipelines.rehearsal import Rehearsal
from pipelines.screen import Screen
from pipelines.session import RunSummary
from pipelines.words import Lang, load_words


def said(
    capsys: pytest.CaptureFixture[str],
    *verdicts: tuple[str, str],
    reasons: tuple[tuple[str, int], ...] = (),
    findings: tuple[tuple[str, str, str, int], ...] = (),
) -> str:
    with duckdb.connect() as con:
        con.execute("create schema ops; create table ops.published_verdicts (figure_id varchar, "
                    "verdict varchar)")  # fmt: skip
        for verdict in verdicts:
            con.execute("insert into ops.published_verdicts values (?, ?)", verdict)
        printed, disagreeing = printed_figures(con)
        con.execute(FINDINGS)
        for name, severity, reason, count in findings:
            row = [name, name, "s", severity, reason, "", "", count]
            con.execute("insert into ops.file_findings values (?, ?, ?, ?, ?, ?, ?, ?)", row)
        remarks = file_remarks(con)
    summary = RunSummary(
        release="2026-10-31-r1",
        report="site/index.html",
        is_new=True,
        steps=[],
        records=dict.fromkeys(
            ("files", "records", "current", "superseded", "duplicate", "quarantined"), 0
        ),
        reasons=list(reasons),
        remarks=remarks,
        checks=1,
        printed=printed,
        disagreeing=disagreeing,
        waiting=0,
        notices=(),
        turned_away=[],
    )
    summary.show(Screen(Lang.EN))
    return capsys.readouterr().out


def test_disagreement_is_named_and_holds_nothing_up(capsys: pytest.CaptureFixture[str]):
    text = said(
        capsys, ("B", "disagrees"), ("A", "disagrees"), ("C", "agrees"), ("D", "not_comparable")
    )
    assert "1 agree with ours, 2 disagree, 1 cannot be compared" in text
    assert "see quality.published_figures): A, B" in text
    assert "Published 2026-10-31-r1." in text


def test_a_home_that_no_printed_figure_is_about_is_not_told_of_any(
    capsys: pytest.CaptureFixture[str],
):
    assert "printed" not in said(capsys, ("D", "not_comparable")).lower()


@pytest.mark.parametrize(("codes", "more"), [(5, 0), (7, 2)])
def test_reasons_that_are_not_shown_are_counted(
    capsys: pytest.CaptureFixture[str], codes: int, more: int
):
    reasons = tuple((str(code), 10 - n) for n, code in enumerate([*RecordReason][:codes]))
    text = said(capsys, reasons=reasons)
    assert (f"and {more} more reasons: petitions quarantine list" in text) == bool(more)
    assert text.count(" quarantined: ") == 5


def test_the_rows_of_a_rehearsal_add_up(capsys: pytest.CaptureFixture[str]):
    fate = Fate("a.csv", "cases", "F01", datetime.fromisoformat("2026-10-31"), 31, 16, 8, 4, 3)
    Rehearsal(
        new=["x/a.csv"],
        receipts=[fate],
        turned_away=[],
        reasons=[],
        failed=[],
        release="",
        comparison=Comparison((), ()),
    ).show(Screen(Lang.EN))
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "a.csv" in line]
    total, *parts = map(int, line.split()[-5:])
    assert total == sum(parts) == 31


def test_what_was_not_taken_as_it_stands_is_told_of_each_file(capsys: pytest.CaptureFixture[str]):
    merged, unread = Remark.MERGED.value, Remark.SHEETS_UNREAD.value
    told = [("b.xlsx", "warning", merged, 4), ("b.xlsx", "warning", merged, 5)]
    told += [("a.xlsx", "warning", unread, 2), ("c.xlsx", "error", "F_HEADER", 1)]
    text = said(capsys, findings=tuple(told))
    assert text.index(f"a.xlsx: {load_words()[f'ingest.{unread}'][Lang.EN]} (2 times") < text.index(
        f"b.xlsx: {load_words()[f'ingest.{merged}'][Lang.EN]} (9 times"
    )
    assert "c.xlsx" not in text
    assert "more remarks" not in text
    many = tuple((f"{n}.xlsx", "warning", merged, 1) for n in range(7))
    assert "and 2 more remarks" in said(capsys, findings=many)
