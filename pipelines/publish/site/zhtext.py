"""Chinese typography that code enforces, because typing it by hand does not.

Full-width punctuation wherever a mark touches Chinese text. Numbers, codes and Latin phrases keep
their half-width marks: `1,234件`, `%{y:.1f}`, `[c]`.
"""

import re
from collections.abc import Iterator

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_WIDE = f"{_HAN}\u3001\u3002\u300a\u300b\u201c\u201d\uff01-\uff1f"
_FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）"}
_AFTER = re.compile(rf"(?<=[{_WIDE}])(?: ?([,;:?!]) ?|([()]))")
_BEFORE = re.compile(rf"(?: ?([,;:?!]) ?|([()]))(?=[{_HAN}])")
_TOUCHING = re.compile(rf"[{_HAN}][,;:?!()]|[,;:?!()][{_HAN}]")


def full_width(text: str) -> str:
    """`text` with full-width marks wherever a half-width one touches a Chinese character.

    A bracket takes its partner along, and so does one with Chinese text inside.
    """
    if not re.search(f"[{_HAN}]", text):
        return text
    marks = list(text)
    for opened, closed in _bracket_pairs(text):
        if re.search(f"[{_HAN}]", text[max(0, opened - 1) : closed + 2]):
            marks[opened], marks[closed] = _FULL["("], _FULL[")"]
    while (wider := _widen("".join(marks))) != "".join(marks):
        marks = list(wider)
    return wider


def half_width_marks(text: str) -> list[str]:
    """Every half-width mark that touches a Chinese character, with that character."""
    return _TOUCHING.findall(text)


def _widen(text: str) -> str:
    for touching in (_AFTER, _BEFORE):
        text = touching.sub(lambda match: _FULL[match[1] or match[2]], text)
    return text


def _bracket_pairs(text: str) -> Iterator[tuple[int, int]]:
    open_at: list[int] = []
    for at, mark in enumerate(text):
        if mark == "(":
            open_at.append(at)
        elif mark == ")" and open_at:
            yield open_at.pop(), at
