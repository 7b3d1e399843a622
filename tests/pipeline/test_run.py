"""Promises of a whole run, asked through the command line as a person would."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.publish.proof import seal
from pipelines.run import Installation, publish_release
from pipelines.settings import PROJECT, Home
from pipelines.words import UserError
from tests.homes import Small

RELEASE_PARTS = {"petitions.duckdb", "tables", "csv", "site", "datapackage.json", "MANIFEST.json"}


def current(home: Path) -> Path:
    name = (home / "published" / "CURRENT").read_text(encoding="utf-8").strip()
    return home / "published" / "releases" / name


def test_a_release_is_one_folder_with_all_its_parts(published):
    assert {path.name for path in current(published).iterdir()} >= RELEASE_PARTS
    for lang in ("zh", "en"):
        assert (current(published) / "site" / lang / "index.html").is_file()


def test_records_are_accounted_for(petitions):
    receipts = json.loads(petitions("receipts", "--json").stdout)
    assert receipts
    for one in receipts:
        parts = ("current", "superseded", "duplicate", "quarantined")
        assert one["records"] == sum(one[part] for part in parts), one["file"]


def test_every_planted_fault_is_found_and_nothing_else(published, petitions):
    truth = json.loads((published / "truth.json").read_text(encoding="utf-8"))
    receipts = json.loads(petitions("receipts", "--json").stdout)
    assert sum(one["records"] for one in receipts) == sum(truth["rows"].values())
    for table, expected in truth["expected_fates"].items():
        fates = [one for one in receipts if one["table"] == table]
        refused = sum(n for reason, n in expected.items() if reason != "duplicate")
        assert sum(one["duplicate"] for one in fates) == expected.get("duplicate", 0), table
        assert sum(one["quarantined"] for one in fates) == refused, table


def test_batches_with_too_many_representatives_are_remarked_on(published):
    truth = json.loads((published / "truth.json").read_text(encoding="utf-8"))
    with duckdb.connect(Home(published).staging, read_only=True) as con:
        [(found,)] = con.execute(
            "select failed_count from ops.checks "
            "where check_id = 'V25' and table_name = 'receptions'"
        ).fetchall()
    assert found == truth["systems"]["counts"]["batches_with_too_many_reps"] > 0


def test_a_second_run_has_nothing_to_do(published, petitions):
    before = current(published).name
    done = petitions("run")
    assert (done.returncode, current(published).name) == (0, before)
    assert "Nothing new" in done.stdout


def test_a_script_gets_the_summary_as_json(published, petitions):
    summary = json.loads(petitions("run", "--json").stdout)
    assert (summary["release"], summary["is_new"]) == (current(published).name, False)
    counts = summary["records"]
    assert counts["records"] == sum(n for name, n in counts.items() if name != "records")
    assert sum(count for _, count in summary["reasons"]) == counts["quarantined"]
    assert Path(summary["report"]).is_file()


def test_nothing_personal_leaves_the_vault(published):
    phone, name = "199-0000", "某"
    for path in published.rglob("*"):
        if not path.is_file() or path.is_relative_to(published / "vault"):
            continue
        if path.is_relative_to(published / "inbox"):
            continue
        assert phone.encode() not in path.read_bytes(), path.name
    with duckdb.connect(current(published) / "petitions.duckdb", read_only=True) as con:
        texts = con.execute(
            "select table_schema, table_name, column_name from information_schema.columns "
            "where data_type = 'VARCHAR'"
        ).fetchall()
        for schema, table, column in texts:
            [(found,)] = con.execute(
                f'select count(*) from "{schema}"."{table}" where "{column}" like ?', [f"_{name}"]
            ).fetchall()
            assert found == 0, (schema, table, column)


def test_no_small_cell_is_public(published):
    with duckdb.connect(current(published) / "petitions.duckdb", read_only=True) as con:
        small = con.execute(
            "select count(*) from public.indicator_values "
            "where indicator = 'submission_count' and value between 1 and 9"
        ).fetchall()
        hidden = con.execute(
            "select count(*), count(value), count(numerator), count(low), count(n) "
            "from public.indicator_values where state = 'hidden'"
        ).fetchall()
    assert small == [(0,)]
    assert hidden[0][0] > 0
    assert hidden[0][1:] == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        "delete from ops.checks where check_id = 'gate_proven'",
        "update ops.checks set passed = false where check_id = 'gate_proven'",
    ],
)
def test_nothing_is_published_unless_the_gate_is_proven(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
):
    root, key = small.copy(tmp_path)
    for name, value in key.items():
        monkeypatch.setenv(name, value)
    with duckdb.connect(Home(root).staging) as con:
        con.execute(change)
        seal(con)
    with pytest.raises(UserError, match="gate_proven"):
        publish_release(Installation.at(root, revise=True))


def test_verify_finds_a_changed_byte(published, petitions):
    assert petitions("verify").returncode == 0
    page = current(published) / "site" / "en" / "index.html"
    original, mode = page.read_bytes(), page.stat().st_mode
    page.chmod(0o644)
    try:
        page.write_bytes(original + b" ")
        done = petitions("verify")
    finally:
        page.write_bytes(original)
        page.chmod(mode)
    assert done.returncode == 1
    assert "site/en/index.html" in done.stderr


def test_a_second_run_at_the_same_time_leaves_with_75(published, petitions):
    with (published / "run.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = petitions("run")
    assert done.returncode == 75
    assert "Traceback" not in done.stderr


def test_query_and_show_answer_from_the_release(petitions):
    done = petitions("query", "select count(*) as n from public.indicator_values", "--json")
    assert json.loads(done.stdout)[0]["n"] > 0
    assert petitions("show", "submission_count").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["query", "copy public.release to 'x.csv'"], 2),
        (["show", "submision_count"], 2),
        (["status", "--lang", "fr"], 2),
        (["nonsense"], 2),
    ],
)
def test_wrong_use_gets_a_sentence(petitions, arguments, code):
    done = petitions(*arguments)
    assert done.returncode == code
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_status_in_both_languages(petitions, lang):
    done = petitions("status", "--lang", lang)
    assert done.returncode == 0
    assert ("最新发布" if lang == "zh" else "Newest release") in done.stdout


def test_the_notebook_runs_on_the_release(published):
    done = subprocess.run(
        [sys.executable, PROJECT / "notebooks" / "first_look.py"],
        env=os.environ | {"PETITIONS_HOME": str(published)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "closed_only" in done.stdout
