"""The catalogue is whole, and the search for traces finds what it should."""

import base64
import gzip
import zipfile
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from tests.contracts.hostile.case import Decision
from tests.contracts.hostile.catalogue import CASES, GROUPS, SIZES
from tests.contracts.hostile.exports import NAME
from tests.contracts.hostile.traces import ENCODINGS, traces


def test_there_are_280_inputs_numbered_through():
    assert sum(SIZES.values()) == 280
    listed = [f"{group}{n:02}" for group, size in SIZES.items() for n in range(1, size + 1)]
    assert list(CASES) == listed
    assert sum(len(group.CASES) for group in GROUPS.values()) == 280  # no id twice


def test_every_outcome_counts_every_record():
    for case in CASES.values():
        for expected in filter(None, (case.expected, case.expected.otherwise)):
            judged = expected.current + expected.superseded + expected.duplicate + len(expected.bad)
            assert expected.records == judged, case.id


def test_every_decision_occurs():
    assert set(Counter(case.expected.decision for case in CASES.values())) == set(Decision)


def _packed(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", f"内有{NAME}".encode())


def _table(path: Path) -> None:
    with duckdb.connect(path) as con:
        con.execute("create table t as select ? as cell", [f"内有{NAME}" * 3])


LEAKS = {
    **{
        encoding: lambda path, encoding=encoding: path.write_bytes(f"内有{NAME}".encode(encoding))
        for encoding in ENCODINGS
    },
    "escapes": lambda path: path.write_text(NAME.encode("unicode_escape").decode()),
    "entities": lambda path: path.write_text("".join(f"&#{ord(c)};" for c in NAME)),
    "hexadecimal": lambda path: path.write_text(NAME.encode().hex()),
    "base64": lambda path: path.write_bytes(base64.b64encode(f"a{NAME}b".encode())),
    "base64 shifted": lambda path: path.write_bytes(base64.b64encode(f"ab{NAME}".encode())),
    "gzip": lambda path: path.write_bytes(gzip.compress(f"内有{NAME}".encode())),
    "zip": _packed,
    "parquet": lambda path: duckdb.execute(
        f"copy (select '{NAME}' as a) to '{path}' (format parquet)"
    ),
    "database": _table,
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_found(leak: str, tmp_path: Path):
    (tmp_path / "warehouse").mkdir()
    LEAKS[leak](tmp_path / "warehouse" / "leak")
    assert traces(tmp_path, [NAME]) == ["warehouse/leak"]


def test_a_leak_in_the_name_of_a_file_is_found(tmp_path: Path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / f"{NAME}.log").touch()
    assert traces(tmp_path, [NAME]) == [f"logs/{NAME}.log"]


def test_the_vault_and_what_people_put_in_are_not_searched(tmp_path: Path):
    for folder in ("vault", "inbox", "sources"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a").write_text(NAME)
    assert traces(tmp_path, [NAME]) == []
