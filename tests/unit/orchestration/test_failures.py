"""A run that fails is told: by an alert, with the step that failed and nothing else blamed."""

import sys
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pipelines import definitions, run, session
from pipelines.alerts import AlertKind, read_alerts
from pipelines.answers import read_quarantine, read_receipts, read_status
from pipelines.ingest.lock import writer_lock
from pipelines.privacy.pseudonyms import open_key
from pipelines.publish.state import input_state
from pipelines.rehearsal import rehearse
from pipelines.run import Installation, land_files, publish_release
from pipelines.screen import Screen
from pipelines.session import run_session
from pipelines.settings import Home
from pipelines.words import Lang, UserError

SCREEN = Screen(Lang.EN)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("PETITIONS_KEY_FILE", str(tmp_path / "keys" / "test.key"))
    home = Home(tmp_path / "home")
    home.inbox.mkdir(parents=True)
    return home


def told(home: Home) -> list[tuple[str, str]]:
    return [(alert.kind, alert.about) for alert in read_alerts(home)]


def half_built(home: Home, *statements: str) -> None:
    home.warehouse.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(home.staging) as con:
        for statement in statements:
            con.execute(statement)


def lose_the_key(home: Home) -> None:
    (home.vault / "objects").mkdir(parents=True)
    (home.vault / "key.fingerprint").write_text("0" * 64, encoding="ascii")


def spoil_a_mapping(home: Home) -> None:
    home.sources.mkdir()
    (home.sources / "own.yml").write_text("source: own\n", encoding="utf-8")


def spoil_the_settings(home: Home) -> None:
    (home.root / "petitions.toml").write_text("threads = 'x'", encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "step"),
    [(lose_the_key, "land"), (spoil_a_mapping, "definitions"), (spoil_the_settings, "definitions")],
)
def test_what_fails_before_the_first_step_raises_an_alert(home: Home, spoil, step: str):
    spoil(home)
    with pytest.raises(UserError):
        run_session(home, SCREEN, revise=False)
    assert told(home) == [(AlertKind.RUN_FAILED, step)]


def test_it_is_handed_to_the_command_where_the_settings_can_be_read(home: Home, tmp_path: Path):
    spoil_a_mapping(home)
    heard = tmp_path / "heard"
    script = f"import sys; open({str(heard)!r}, 'w').write(sys.stdin.read())"
    (home.root / "petitions.toml").write_text(
        f"alert_command = '''{sys.executable} -c \"{script}\"'''", encoding="utf-8"
    )
    with pytest.raises(UserError):
        run_session(home, SCREEN, revise=False)
    assert "Read settings and definitions" in heard.read_text(encoding="utf-8")


def test_a_fault_in_landing_is_a_sentence_and_an_alert(home: Home, monkeypatch):
    def fail(_: Installation) -> None:
        raise OSError(5, "SECRET")

    monkeypatch.setattr(session, "land_files", fail)
    with pytest.raises(UserError) as caught:
        run_session(home, SCREEN, revise=False)
    assert (caught.value.key, caught.value.facts["reason"]) == ("cli.RUN_FAILED", "OSError.")
    assert told(home) == [(AlertKind.RUN_FAILED, "land")]


def test_a_fault_of_dagster_before_the_first_step_is_a_sentence_and_an_alert(
    home: Home, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(definitions, "defs", dg.Definitions())
    with pytest.raises(UserError) as caught:
        session._run_job(Installation.at(home.root), SCREEN)
    assert caught.value.facts["step"] == "Start the job"
    assert told(home) == [(AlertKind.RUN_FAILED, "job")]


def test_a_home_to_which_nothing_has_come_is_told_so_and_not_run(home: Home):
    for start in (lambda: run_session(home, SCREEN, revise=False), lambda: rehearse(home)):
        with pytest.raises(UserError) as caught:
            start()
        assert caught.value.key == "cli.NOTHING_CAME"


def test_a_home_that_there_is_not_has_no_status(tmp_path: Path):
    with pytest.raises(UserError) as caught:
        read_status(Home(tmp_path / "typo"))
    assert (caught.value.key, caught.value.exit_code) == ("cli.NO_HOME", 2)


def test_another_run_is_no_failure(home: Home):
    with writer_lock(home), pytest.raises(UserError) as caught:
        run_session(home, SCREEN, revise=False)
    assert caught.value.exit_code == 75
    assert told(home) == []


@pytest.mark.parametrize(
    ("step", "is_blamed"), [("landing", False), ("accept", False), ("checks", True)]
)
def test_checks_are_blamed_only_once_this_run_has_made_them(home: Home, step: str, is_blamed: bool):
    half_built(
        home,
        "create schema ops",
        "create table ops.checks as select 'V53' as check_id, 'block' as severity, "
        "false as passed, 'cases' as table_name, 3 as failed_count, 9 as total_count",
        "create table ops.file_findings (file_id text, reason_code text, severity text)",
    )
    error = session._failure(Installation.at(home.root), SCREEN, step, KeyError("SECRET"))
    assert error.key == ("cli.CHECKS_FAILED" if is_blamed else "cli.RUN_FAILED")
    kind = AlertKind.CHECK_FAILED if is_blamed else AlertKind.RUN_FAILED
    assert told(home) == [(kind, "V53" if is_blamed else step)]


def test_after_a_half_built_warehouse_there_is_a_sentence_and_status_shows_alerts(
    home: Home, capsys: pytest.CaptureFixture[str]
):
    half_built(home, "create schema ops")
    for ask in (read_receipts, read_quarantine):
        with pytest.raises(UserError) as caught:
            ask(home)
        assert caught.value.key == "cli.RUN_UNFINISHED"
    (home.warehouse / "alerts.jsonl").write_text(
        '{"raised_at": "2026-10-31T02:30:00+00:00", "kind": "RUN_FAILED", "about": "accept"}\n'
    )
    found = read_status(home)
    assert (found.files, found.records, found.quarantined) == (None, None, None)
    found.show(SCREEN)
    shown = capsys.readouterr().out
    assert "the last run did not come to its end" in shown
    assert "Validate and deduplicate" in shown


def test_a_file_that_is_no_database_is_not_taken_for_another_run(home: Home):
    home.warehouse.mkdir()
    home.staging.write_bytes(b"\0" * 9000)
    with pytest.raises(UserError) as caught:
        read_receipts(home)
    assert caught.value.key == "cli.RUN_UNFINISHED"


def test_status_says_what_the_failed_checks_demand(home: Home, capsys: pytest.CaptureFixture[str]):
    half_built(
        home,
        "create schema ops; create schema quarantine",
        "create table ops.files (file_id text, table_name text, name text, sender_id text, "
        "as_of timestamp)",
        "create table quarantine.fates (file_id text, table_name text, records int, "
        "current_count int, superseded_count int, duplicate_count int, quarantined_count int)",
        "create table ops.checks as select 'V54' as check_id, 'cases' as table_name, "
        "'block' as severity, false as passed, 3 as failed_count, 9 as total_count",
    )
    read_status(home).show(SCREEN)
    shown = capsys.readouterr().out
    assert "1 blocking checks did not pass" in shown
    assert "V54 (cases): " in shown
    assert "3 of 9 are not so" in shown


def test_what_is_edited_while_a_run_is_under_way_is_news_for_the_next(home: Home, monkeypatch):
    installation = Installation.at(home.root)
    land_files(installation)
    begun = input_state(home, installation.settings, open_key(home))
    half_built(
        home,
        "create schema ops; create schema model",
        "create table ops.freeze as select 0 as kept, 0 as waiting, 0 as revised, 0 as added",
        "create table ops.files as select timestamp '2026-10-31' as as_of",
        "create table model.periods (period_end date, is_closed boolean, period_kind text)",
    )
    home.sources.mkdir()
    (home.sources / "late.yml").write_text("source: late\n", encoding="utf-8")
    editions = []
    monkeypatch.setattr(run, "publish", lambda _home, _settings, edition: editions.append(edition))
    publish_release(installation)
    assert [edition.state for edition in editions] == [begun]
    assert input_state(home, installation.settings, open_key(home)) != begun
