"""What a run says at its end of figures that others have printed."""

import duckdb
import pytest

from pipelines.answers import printed_figures
from pipelines.screen import Screen
from pipelines.session import RunSummary
from pipelines.words import Lang


def said(capsys: pytest.CaptureFixture[str], *verdicts: tuple[str, str]) -> str:
    with duckdb.connect() as con:
        con.execute("create schema ops; create table ops.published_verdicts (figure_id varchar, "
                    "verdict varchar)")  # fmt: skip
        for verdict in verdicts:
            con.execute("insert into ops.published_verdicts values (?, ?)", verdict)
        printed, disagreeing = printed_figures(con)
    summary = RunSummary(
        release="2026-10-31-r1",
        report="site/index.html",
        is_new=True,
        steps=[],
        records=dict.fromkeys(
            ("files", "records", "current", "superseded", "duplicate", "quarantined"), 0
        ),
        reasons=[],
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
