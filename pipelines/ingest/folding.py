"""One form of a text, whatever keyboard or spreadsheet it went through.

Full-width forms become plain ones, look-alike radicals the characters they look like, accents are
composed, what cannot be seen and spaces outside are gone. What a text says is not judged here.

SQL and Python fold alike, by one table: labels of a mapping are folded once in Python, texts of a
file in SQL, and only those that are not plain already.
"""

import unicodedata

from pipelines.quoting import literal

SPACES = " \t"
WIDE_SPACES = "\u00a0\u2002\u2003\u2009\u202f\u3000"
FULL_WIDTH = range(0xFF01, 0xFF5F)
RADICALS = (*range(0x2E80, 0x2F00), *range(0x2F00, 0x2FD6))
# Soft hyphen, zero-width marks and joiners, marks of direction, word joiners, byte order mark.
INVISIBLE = (
    "\u00ad\u061c\u180e"
    + "".join(map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070))))
    + "\ufeff"
)
_CHANGED = {
    **dict.fromkeys(WIDE_SPACES, " "),
    **{chr(code): unicodedata.normalize("NFKC", chr(code)) for code in (*FULL_WIDTH, *RADICALS)},
    "￥": "¥",
}
_SWAPS = {old: new for old, new in _CHANGED.items() if old != new}
_TABLE = str.maketrans({**_SWAPS, **dict.fromkeys(INVISIBLE, "")})
# A text of these characters alone is folded already; Chinese ones without accents.
_ODD = r"[^ -~\x{3007}\x{4e00}-\x{9fff}]"


def folded(text: str) -> str:
    """The one form of `text`."""
    return unicodedata.normalize("NFC", text.translate(_TABLE)).strip(SPACES)


def fold_sql(text: str) -> str:
    """SQL for the one form of a text expression."""
    # `translate` takes away what has nothing to stand for it.
    old, new = "".join((*_SWAPS, *INVISIBLE)), "".join(_SWAPS.values())
    swapped = f"translate({text}, {literal(old)}, {literal(new)})"
    return f"trim(nfc_normalize({swapped}), {literal(SPACES)})"


def is_folded_sql(text: str) -> str:
    """A predicate, cheap where it is true: folding would leave the text as it is."""
    return f"(strlen({text}) = length({text}) or not regexp_matches({text}, {literal(_ODD)}))"


def has_invisible_sql(text: str) -> str:
    """A predicate: something in the text cannot be seen."""
    return f"regexp_matches({text}, {literal(f'[{INVISIBLE}]')})"


def let_sql(name: str, value: str, body: str) -> str:
    """SQL that works `value` out once and calls it `name` in `body`."""
    return f"list_transform([{value}], lambda {name}: {body})[1]"
