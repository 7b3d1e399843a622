"""What the bytes of a text are found to be, piece by piece."""

import pytest

from pipelines.ingest import survey as module
from pipelines.ingest.survey import Survey

BOM = b"\xef\xbb\xbf"


def of(text: bytes, size: int = 1 << 20) -> Survey:
    return Survey.of([text[at : at + size] for at in range(0, len(text), size)], ",")


@pytest.mark.parametrize(
    ("text", "records"),
    [
        (b"", 0),
        (b"a,b", 1),
        (b"a,b\n", 1),
        (b"a,b\r\nc,d\r\n", 2),
        (b"\n\na,b\n\n\nc,d\n\n", 2),
        (b"a,b\r\n\r\nc,d\r\n", 2),
        (b'a,"b\nb"\nc,d\n', 2),
        (b'"a""\n""b",c\n', 1),
        (BOM + b"a,b\nc,d", 2),
    ],
)
def test_records_are_lines_that_are_neither_empty_nor_inside_quotes(text: bytes, records: int):
    assert of(text).records == records
    assert of(text).is_regular


@pytest.mark.parametrize(
    "text",
    [
        b'a,b"c\n',
        b'a,"b"c\n',
        b'a, "b"\n',
        b'a,"b" \n',
        b'a,"b\n',
        b"a,b\rc,d\r",
        b"a,b\nc,d\r\n",
        b"a,b\x00\n",
        b"a,b\x7f\n",
        b"a,b\x1a",
        b"a,b\r",
        "a,b\ufffd\n".encode(),
        b'a,="b"\n',
        b'a,"=""b"""\n',
    ],
)
def test_what_readers_could_disagree_about_is_not_regular(text: bytes):
    assert not of(text).is_regular
    assert not of(text, size=1).is_regular


@pytest.mark.parametrize(
    ("text", "bad_byte"),
    [
        ("信访".encode(), None),
        (b"ab\xff", 2),
        (b"ab" + "信".encode()[:2], 2),
        ("信访".encode("gb18030"), 0),
        (BOM + b"a\xfe", 4),
    ],
)
def test_the_first_byte_that_is_not_utf8_is_named(text: bytes, bad_byte: int | None):
    assert of(text).bad_byte == bad_byte
    assert of(text, size=1).bad_byte == bad_byte


@pytest.mark.parametrize(
    "text",
    [b" a,b\n", b"a ,b\n", b"a, b\n", b"a,b \n", b"a,b ", b'a," b"\n', b"a,\tb\n", b"a,b \r\n"],
)
def test_a_space_at_the_edge_of_a_field_is_untidy(text: bytes):
    assert not of(text).is_tidy
    assert not of(text, size=1).is_tidy


@pytest.mark.parametrize("space", ["\u3000", "\u00a0"])
def test_so_is_a_wide_space_anywhere(space: str):
    text = f"a{space},b\n".encode()
    assert not of(text).is_tidy
    assert not of(text, size=1).is_tidy


def test_a_space_inside_a_field_is_tidy():
    assert of("2003-09-18 08:05:00,浦江 县\n".encode()).is_tidy


def test_an_endless_line_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "LINE_BYTES", 100)
    assert of(b"x" * 101, size=7).has_long_line
    assert of(b"a\n" + b"x" * 101 + b"\n", size=7).has_long_line
    for end in (b"\n", b"\r", b"\r\n"):
        assert not of((b"x" * 90 + end) * 5, size=7).has_long_line


def test_a_survey_can_be_kept_as_facts():
    found = of(b'a,"b\nc"\n')
    assert Survey.from_facts(found.facts()) == found
