"""Text as SQL literals. Only names, codes and formats from our own files are ever written so."""


def literal(text: str) -> str:
    """`text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"
