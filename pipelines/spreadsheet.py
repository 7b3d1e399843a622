"""Text that is opened in a spreadsheet: what would be taken for a formula gets an apostrophe.

Full-width signs count, because a spreadsheet in Chinese takes them for the others.
"""

from pipelines.quoting import literal

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
GUARD = "'"
GUARDED = (*FORMULA_SIGNS, GUARD)  # an apostrophe that was there is told from one of ours


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula; `unguarded` gives the text back."""
    return f"{GUARD}{text}" if text.startswith(GUARDED) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    is_guarded = text.startswith(GUARD) and text[1:].startswith(GUARDED)
    return text[1:] if is_guarded else text


def guarded_sql(text: str) -> str:
    """SQL of the text that `guarded` makes of the SQL expression `text`."""
    signs = ", ".join(map(literal, GUARDED))
    return f"case when left({text}, 1) in ({signs}) then {literal(GUARD)} || {text} else {text} end"
