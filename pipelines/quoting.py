"""Text as SQL literals, for names, codes, paths and words from our own files."""


def literal(text: object) -> str:
    """`text` as an SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"
