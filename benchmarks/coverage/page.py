"""The measured table as Markdown, and as the tables of the method pages."""

import re
from collections.abc import Iterable, Sequence

from pipelines.publish.calibration import Calibration, told
from pipelines.settings import PROJECT
from pipelines.words import Lang, load_words

PAGES = {Lang.EN: PROJECT / "docs" / "methods.md", Lang.ZH: PROJECT / "docs" / "methods.zh.md"}
_HEADS = ("METHOD", "WORLD", "PROPERTY", "PROMISED", "MEASURED", "RUNS", "RESULT")
_TABLE = re.compile(r"(<!-- calibration: ([a-z_ ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def markdown(rows: Iterable[Calibration], lang: Lang) -> str:
    """A table of rows, as a report prints it."""
    words = load_words()
    lines = [
        " | ".join(words[f"site.COLUMN_{head}"][lang] for head in _HEADS),
        " | ".join("---" for _ in _HEADS),
    ]
    for row in rows:
        names = [row.words(part)[lang] for part in ("method", "setting", "what")]
        measured = f"{told(row.actual, row.what)} ±{told(row.error, row.what)}"
        kept = words[f"calibration.KEPT_{row.is_kept}"][lang]
        cells = (*names, told(row.nominal, row.what), measured, f"{row.runs:,}", kept)
        lines.append(" | ".join(cells))
    return "".join(f"| {line} |\n" for line in lines)


def filled(page: str, rows: Sequence[Calibration], lang: Lang) -> str:
    """A page with its tables written anew: each names the methods whose rows it holds."""

    def table(found: re.Match[str]) -> str:
        methods = found[2].split()
        return found[1] + markdown((r for r in rows if r.method in methods), lang) + found[3]

    return _TABLE.sub(table, page)


def shown_methods(page: str) -> set[str]:
    """The methods that the tables of a page hold."""
    return {method for found in _TABLE.finditer(page) for method in found[2].split()}


def write_pages(rows: Sequence[Calibration]) -> None:
    """Write the tables of both method pages anew."""
    for lang, path in PAGES.items():
        path.write_text(filled(path.read_text(encoding="utf-8"), rows, lang), encoding="utf-8")
