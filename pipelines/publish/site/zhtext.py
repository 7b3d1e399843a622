"""Chinese typography that code enforces, because typing it by hand does not.

Full-width punctuation wherever a mark touches Chinese text. Numbers, codes and Latin phrases keep
their half-width marks: `1,234件`, `%{y:.1f}`, `[c]`.
"""

import re

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_WIDE = f"{_HAN}\u3001-\u3002\u300a-\u300b\u2018-\u201d\uff01-\uff1f"
_FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_AFTER = re.compile(rf"(?<=[{_WIDE}])\s?([,;:?!])\s?(?!\d{{3}}\b)")
_BEFORE = re.compile(rf"\s?([,;:?!])\s?(?=[{_HAN}])")
_BRACKETS = re.compile(r"\s?\(([^()]*)\)\s?")
_TOUCHING = re.compile(rf"[{_HAN}][,;:?!()]|[,;:?!()][{_HAN}]")


def full_width(text: str) -> str:
    """`text` with full-width marks wherever a half-width one touches a Chinese character."""
    if not re.search(f"[{_HAN}]", text):
        return text
    text = _BRACKETS.sub(lambda match: _bracket(match, text), text)
    text = _AFTER.sub(lambda match: _FULL[match[1]], text)
    return _BEFORE.sub(lambda match: _FULL[match[1]], text)


def half_width_marks(text: str) -> list[str]:
    """Every half-width mark that touches a Chinese character, with that character."""
    return _TOUCHING.findall(text)


def _bracket(match: re.Match[str], text: str) -> str:
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    if re.search(f"[{_HAN}]", before + after + match[1]):
        return f"（{match[1]}）"
    return match[0]
