"""The careful reader: what breaks a record costs that record."""

from io import StringIO
from pathlib import Path

import pytest

from pipelines.ingest import careful
from pipelines.ingest.careful import clean_copy, read_records
from pipelines.ingest.header import Header
from pipelines.ingest.reasons import RecordReason


def read(text: str, width: int | None = 2) -> list[tuple[str, ...] | RecordReason]:
    records = read_records(StringIO(text, newline=""), ",", width)
    return [record.reason or record.fields for record in records]


SHORT, LONG = RecordReason.RAGGED_SHORT, RecordReason.RAGGED_LONG
QUOTE, CTRL = RecordReason.QUOTE, RecordReason.CTRL_CHAR


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\nc,d\n", [("a", "b"), ("c", "d")]),
        ("a,b\rc,d\r", [("a", "b"), ("c", "d")]),
        ("a,b\r\nc,d\ne,f", [("a", "b"), ("c", "d"), ("e", "f")]),
        ("\n  \na,b\n\x1a", [("a", "b")]),
        ('"a","b"\n', [("a", "b")]),
        ('a,"b ""b"", b"\n', [("a", 'b "b", b')]),
        ('a,"b\n\nb"\nc,d\n', [("a", "b\n\nb"), ("c", "d")]),
        ('a,"b\r\nb"\r\nc,d', [("a", "b\r\nb"), ("c", "d")]),
        ("a,\n", [("a", "")]),
        ("a,b,,\nc,d\n", [("a", "b"), ("c", "d")]),
    ],
)
def test_good_records(text: str, expected: list[tuple[str, ...]]):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nc,d\n", [SHORT, ("c", "d")]),
        ("a,b,c\nc,d\n", [LONG, ("c", "d")]),
        ('a,b"b\nc,d\n', [QUOTE, ("c", "d")]),
        ('a,"b"b\nc,d\n', [QUOTE, ("c", "d")]),
        ("a,b\x00\nc,d\n", [CTRL, ("c", "d")]),
        ("a,b\x1b[31m\nc,d\n", [CTRL, ("c", "d")]),
        # A quote that is never closed takes its own line and nothing else.
        ('a,"b\nc,d\ne,f\n', [QUOTE, ("c", "d"), ("e", "f")]),
        ('a,"b\nc,"d"\ne,f\n', [QUOTE, ("c", "d"), ("e", "f")]),
        # Two such quotes do not make a record of what stands between them.
        ('a,"b\nc,d\ne,f"\ng,h\n', [("a", "b\nc,d\ne,f"), ("g", "h")]),
        ('a,"b\nc,d\ne",f,g\nh,i\n', [QUOTE, ("c", "d"), QUOTE, ("h", "i")]),
    ],
)
def test_a_broken_record_costs_itself_only(text: str, expected: list[object]):
    assert read(text) == expected


def test_limits_are_refusals_of_the_record(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(careful, "RECORD_CHARACTERS", 20)
    assert read(f"{'x' * 21},b\nc,d\n") == [RecordReason.TOO_LONG, ("c", "d")]
    assert read(f'a,"{"x" * 15}\n{"y" * 15}"\nc,d\n') == [QUOTE, QUOTE, ("c", "d")]
    monkeypatch.setattr(careful, "JOINED_LINES", 3)
    assert read('a,"b\nb\nb"\nc,d\n') == [("a", "b\nb\nb"), ("c", "d")]
    assert read('a,"b\nb\nb\nb"\nc,d\n') == [QUOTE, SHORT, SHORT, QUOTE, ("c", "d")]


def test_the_clean_copy_numbers_records_and_sets_refused_ones_beside(tmp_path: Path):
    source = tmp_path / "source.csv"
    source.write_text('\ufeffh,i\na,b\n,\nc\nd,"e\nf"\n', encoding="utf-8", newline="")
    header = Header(("h", "i"), (("h", "i"),), 1)
    clean = clean_copy(source, ",", header, tmp_path / "clean.csv")
    # The line with nothing on it is no record, but has its number.
    assert clean.path.read_bytes().decode() == '1,a,b\n4,d,"e\nf"\n'
    assert clean.refused.read_bytes().decode() == "3,E_RAGGED_SHORT,c\n"
    assert (clean.kept_count, clean.refused_count) == (2, 1)
