import stat
from pathlib import Path

import duckdb
import pytest

from pipelines.privacy.pseudonyms import (
    Key,
    hmac_sql,
    key_file,
    open_key,
    pseudonym,
    pseudonym_sql,
    use_key,
)
from pipelines.settings import PROJECT
from pipelines.words import Lang, UserError
from tests.unit.ingest.world import World

# RFC 4231, section 4: test cases 1 to 4, 6 and 7 (case 5 shows a truncated result).
VECTORS = [
    (
        b"\x0b" * 20,
        b"Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ),
    (
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        b"\xaa" * 20,
        b"\xdd" * 50,
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ),
    (
        bytes(range(1, 26)),
        b"\xcd" * 50,
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ),
    (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
    (
        b"\xaa" * 131,
        b"This is a test using a larger than block-size key and a larger than block-size data. "
        b"The key needs to be hashed before being used by the HMAC algorithm.",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ),
]


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@pytest.mark.parametrize(("secret", "message", "expected"), VECTORS)
def test_the_sql_is_hmac_sha256(
    con: duckdb.DuckDBPyConnection, secret: bytes, message: bytes, expected: str
):
    use_key(con, Key(secret))
    (found,) = con.execute(
        f"select {hmac_sql('m')} from (select ?::blob as m)", [message]
    ).fetchall()
    assert found == (expected,)


def test_sql_and_python_make_the_same_pseudonym(con: duckdb.DuckDBPyConnection):
    key = Key(b"k" * 32)
    use_key(con, key)
    message = "'case_id' || chr(31) || 'F01' || chr(31) || '信访-0001'"
    (found,) = con.execute(f"select {pseudonym_sql(message)}").fetchall()
    assert found == (pseudonym(key, "case_id", "F01", "信访-0001"),)
    assert len(found[0]) == 12


def test_office_kind_and_key_each_change_the_pseudonym():
    made = {
        pseudonym(Key(secret * 32), kind, office, "1")
        for secret in (b"a", b"b")
        for kind in ("case_id", "visit_id")
        for office in ("F01", "F02")
    }
    assert len(made) == 2 * 2 * 2


def test_the_key_is_in_no_query_and_in_no_text_form():
    key = Key(b"secretsecretsecretsecretsecret!!")
    assert "secret" not in repr(key).replace("Key(", "")
    assert "pad" in hmac_sql("m")
    assert "73656372" not in hmac_sql("m")


def test_a_key_is_made_for_an_empty_vault_outside_the_home_and_for_its_owner_only(world: World):
    key = open_key(world.home)
    path = key_file(world.home)
    assert not path.is_relative_to(world.home.root)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_key(world.home) == key


def test_without_a_variable_the_key_lies_in_the_state_folder(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("PETITIONS_KEY_FILE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    open_key(world.home)
    assert key_file(world.home).parent == tmp_path / "state" / "petitions"
    assert key_file(world.home).exists()


def _refusal(world: World) -> str:
    with pytest.raises(UserError) as caught:
        open_key(world.home)
    assert str(caught.value.facts["file"]) in caught.value.sentence(Lang.ZH)
    return caught.value.key


def test_a_key_that_others_can_read_is_refused(world: World):
    open_key(world.home)
    key_file(world.home).chmod(0o640)
    assert _refusal(world) == "ingest.KEY_OPEN"


def test_a_key_that_is_gone_is_never_made_anew(world: World):
    open_key(world.home)
    key_file(world.home).unlink()
    assert _refusal(world) == "ingest.KEY_MISSING"


def test_a_lost_fingerprint_does_not_make_a_vault_empty(world: World):
    open_key(world.home)
    (world.home.vault / "objects" / "ab").mkdir(parents=True)
    (world.home.vault / "objects" / "ab" / "abc").touch()
    (world.home.vault / "key.fingerprint").unlink()
    assert _refusal(world) == "ingest.KEY_WRONG"


def test_another_key_is_refused(world: World):
    open_key(world.home)
    key_file(world.home).write_text("0" * 64, encoding="ascii")
    assert _refusal(world) == "ingest.KEY_WRONG"


@pytest.mark.parametrize("text", ["", "not hexadecimal", "ab" * 31])
def test_what_is_no_key_is_refused(world: World, text: str):
    path = key_file(world.home)
    path.parent.mkdir()
    path.touch(mode=0o600)
    path.write_text(text, encoding="ascii")
    assert _refusal(world) == "ingest.KEY_UNREADABLE"


def test_a_key_inside_the_home_or_the_program_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    for inside in (world.home.root / "vault", PROJECT):
        monkeypatch.setenv("PETITIONS_KEY_FILE", str(inside / "x.key"))
        assert _refusal(world) == "ingest.KEY_INSIDE"
        assert not (inside / "x.key").exists()


LINKED = """
source: linked
title: {zh: x, en: x}
shape: cases
table: cases
format: {encoding: [utf-8], delimiter: ","}
sender: {from: name, pattern: "^(?P<sender>[0-9A-Za-z]+)_"}
as_of: {from: name, pattern: "_(?P<as_of>[0-9]{8})", format: "%Y%m%d"}
constants: {office_id: "{sender}"}
columns:
  id: {to: case_id, required: true}
  day: {to: registered_at, required: true, dates: ["%Y-%m-%d"]}
  before: {to: prior_case_id}
  into: {to: merged_into_case_id}
"""


def test_the_number_of_another_submission_is_hashed_as_that_submission_is(world):
    world.mapping(LINKED, "linked")
    rows = "id,day,before,into\nA1,2026-01-05,,\nA2,2026-01-06,A1,\nA3,2026-01-07,A2,A1\n"
    world.drop("linked/F01_20261031.csv", rows)
    assert world.build_one().refused_count == 0
    [first, second, third] = world.query(
        "select case_id, prior_case_id, merged_into_case_id from landing.cases "
        "order by registered_at"
    )
    assert first[1:] == (None, None)
    assert second[1:] == (first[0], None)
    assert third[1:] == (second[0], first[0])
    assert "A1" not in str((first, second, third))
