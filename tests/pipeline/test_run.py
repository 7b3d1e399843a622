"""Promises of a whole run, asked through the command line as a person would."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import duckdb
import pytest

from pipelines.engine.indicator import SHARES, Cell, load_indicators
from pipelines.privacy.policy import load_policy
from pipelines.settings import PACKAGE, PROJECT, Home
from pipelines.simulate.columns import PHONE_PREFIX

PHONE = PHONE_PREFIX.removesuffix("-")
PLANTED = rf"{PHONE}|(^|[\[\"', ])[一-龥]某($|[\]\"', ])"  # alone or in a list
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


def test_what_one_office_sent_under_old_headers_is_read_like_the_rest(published):
    old = json.loads((published / "truth.json").read_text(encoding="utf-8"))["old_headers"]
    with duckdb.connect(Home(published).staging, read_only=True) as con:
        found = dict(
            con.execute(
                "select cast(registered_at as date) < cast(? as date), "
                "(count(*), count(distinct files.name), count(matter_key), "
                "count(*) filter (where channel <> 'unknown')) "
                "from model.cases inner join ops.files as files using (file_id) "
                "where files.sender_id = ? group by 1",
                [old["before"], old["office"]],
            ).fetchall()
        )
    assert set(found) == {True, False}
    for cases, files, matters, known_channels in found.values():
        assert files == 1
        assert cases == matters == known_channels > 100


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


def found_in(con: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    """Columns of a table or file, of any type, in which a planted phone or name stands."""
    described = con.execute(f"describe select * from {relation}").fetchall()
    columns = [str(row[0]).replace('"', '""') for row in described]
    looks = ", ".join(
        f"""coalesce(bool_or(regexp_matches(cast("{name}" as varchar), $planted)), false)"""
        for name in columns
    )
    hits = con.execute(f"select {looks} from {relation}", {"planted": PLANTED}).fetchall()[0]
    return [name for name, is_hit in zip(columns, hits, strict=True) if is_hit]


def test_nothing_personal_leaves_the_vault(published):
    """Every column of every table and file is decoded: in compressed bytes nothing can be seen."""
    files = [
        path
        for path in published.rglob("*")
        if path.is_file() and path.relative_to(published).parts[0] not in {"vault", "inbox"}
    ]
    assert {".parquet", ".duckdb", ".csv", ".html"} <= {path.suffix for path in files}
    with duckdb.connect() as con:
        for path in files:
            assert PHONE.encode() not in path.read_bytes(), path.name
            if path.suffix == ".parquet":
                assert found_in(con, f"read_parquet('{path}')") == [], path
        for number, path in enumerate(each for each in files if each.suffix == ".duckdb"):
            con.execute(f"attach '{path}' as db{number} (read_only)")
            tables = con.execute(
                "select table_schema, table_name from information_schema.tables "
                "where table_catalog = ?",
                [f"db{number}"],
            ).fetchall()
            assert tables
            for schema, table in tables:
                found = found_in(con, f'db{number}."{schema}"."{table}"')
                assert found == [], (path.name, schema, table)


def test_what_is_planted_is_found_where_it_is(published, tmp_path):
    """The search above can fail: in exports, and in compressed Parquet made of one."""
    export = next((published / "inbox" / "visit_registrations").glob("*.csv"))
    with duckdb.connect() as con:
        read = f"read_csv('{export}', all_varchar = true)"
        assert {"登记人姓名", "联系电话"} <= set(found_in(con, read))
        packed = tmp_path / "packed.parquet"
        con.execute(f"copy (from {read}) to '{packed}' (compression zstd)")
        assert found_in(con, f"read_parquet('{packed}')") == found_in(con, read)


DEFINED = load_indicators(PACKAGE / "indicators")
POLICY = load_policy()
SHARE_OF_CURVE = "regexp_full_match(measure, '(within|without)_[0-9]+') and numerator is null"


def small_cells(release: Path, counts: Collection[str], indicators: Collection[str]) -> list[str]:
    """Indicators of which a figure is shown whose count of these kinds is 1 to k - 1."""
    is_small = " or ".join(f"coalesce({count} between 1 and $k - 1, false)" for count in counts)
    with duckdb.connect(release / "petitions.duckdb", read_only=True) as con:
        found = con.execute(
            f"select distinct indicator from public.indicator_values "
            f"where state = 'ok' and list_contains($names, indicator) and ({is_small})",
            {"k": POLICY.k, "names": sorted(indicators)},
        ).fetchall()
    return [name for (name,) in found]


def test_no_small_cell_is_public(published):
    """Of each indicator with a rule: the numerator, what is left of a share, and the terms."""
    release = current(published)
    guarded = {name: each for name, each in DEFINED.items() if each.cell is Cell.SMALL}
    closed = guarded.keys() - POLICY.open_denominators
    shares = {name for name, each in guarded.items() if each.kind in SHARES}
    assert len(guarded) > 50
    assert small_cells(release, ["numerator"], guarded) == []
    assert small_cells(release, ["denominator", "n"], closed) == []
    assert small_cells(release, ["denominator - numerator"], shares) == []
    with duckdb.connect(release / "petitions.duckdb", read_only=True) as con:
        hidden = con.execute(
            "select count(*), count(value), count(numerator), count(denominator), count(low), "
            "count(high), count(n), count(change_yoy), count(change_mom), "
            "count(nullif(reason, '')), count(nullif(flags, '')) "
            "from public.indicator_values where state = 'hidden'"
        ).fetchall()
    assert hidden[0][0] > 0
    assert set(hidden[0][1:]) == {0}


def test_no_small_step_of_a_curve_is_public(published):
    curves = [name for name, each in DEFINED.items() if each.cell is Cell.CURVE]
    place = "indicator, level, region_code, period_kind, period_start, by_name, by_value"
    with duckdb.connect(current(published) / "petitions.duckdb", read_only=True) as con:
        found = con.execute(
            f"""
            with
                ended as (
                    select
                        {place}, n, cast(regexp_extract(measure, '[0-9]+') as integer) as day,
                        round(if(measure like 'without%', 1 - value, value) * n) as ended
                    from public.indicator_values
                    where state = 'ok' and {SHARE_OF_CURVE} and list_contains($curves, indicator)
                ),
                steps as (
                    select
                        indicator, n, ended - lag(ended, 1, 0) over days as step,
                        lead(n - ended, 1, n - ended) over days as rest
                    from ended window days as (partition by {place} order by day)
                )
            select
                count(*), count(*) filter (where n < $units),
                count(*) filter (where step between 1 and $k - 1),
                count(*) filter (where rest between 1 and $k - 1)
            from steps
            """,
            {"curves": curves, "k": POLICY.k, "units": POLICY.curve_min_units},
        ).fetchall()
    assert found[0][0] > 0
    assert found[0][1:] == (0, 0, 0)


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
