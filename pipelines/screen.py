"""Where answers go: the terminal in Chinese or English, or JSON for a program."""

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from pipelines.words import Lang, UserError, say

if TYPE_CHECKING:
    from pipelines.doctor import Point
    from pipelines.ingest.source import Source
    from pipelines.ingest.turned_away import TurnedAway
    from pipelines.publish.changes import Changes
    from pipelines.publish.comparison import Comparison
    from pipelines.publish.query import Answer
    from pipelines.returns.export import Return

EXIT_FAILED, EXIT_USAGE = 1, 2
WIDE = 10_000  # columns in a pipe or file, where nothing need be cut to fit a screen


class Screen:
    """Where answers go: the language, standard output for answers, standard error for the rest."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        width = None if sys.stdout.isatty() else WIDE
        self.out = Console(highlight=False, soft_wrap=True, width=width)
        self.err = Console(stderr=True, highlight=False, soft_wrap=True)

    def say(self, key: str, /, **facts: object) -> None:
        """Print the sentence `cli.<key>`."""
        self.out.print(escape(say(f"cli.{key}", self.lang, **facts)))

    def plain(self, text: str) -> None:
        """Print a line that is in the reader's language already."""
        self.out.print(escape(text))

    def raw(self, text: str) -> None:
        """Print a text that goes into a file as it is."""
        self.out.file.write(text)

    def fail(self, sentence: str) -> None:
        """Print an error."""
        self.err.print(f"[red]✗[/red] {escape(sentence)}")

    def stop(self, error: Exception) -> int:
        """Print what ended a command, and return its exit code; no error quotes a record."""
        if isinstance(error, UserError):
            self.fail(error.sentence(self.lang))
            return error.exit_code
        if isinstance(error, OSError):
            from pipelines.ingest.personal import shown_name  # noqa: PLC0415 - rarely needed

            file = shown_name(str(error.filename or "-"), "***")
            self.fail(say("cli.SYSTEM", self.lang, file=file, reason=error.strerror or "-"))
            return EXIT_FAILED
        self.fail(say("cli.BAD_DEFINITION", self.lang, reason=error))
        return EXIT_USAGE

    def turned_away(self, files: "list[TurnedAway]") -> None:
        """Say for each file that no rows were taken from why, and what to do."""
        if files:
            self.err.print(
                f"[yellow]{say('cli.TURNED_AWAY', self.lang, count=len(files))}[/yellow]"
            )
        for file in files:
            self.fail(file.sentence(self.lang))

    def sources(self, sources: "Iterable[Source]") -> None:
        """Print the mappings of exports."""
        self.grid(
            ["SOURCE", "TITLE", "TABLE", "FILE"],
            [(s.name, getattr(s.title, self.lang), s.table, " ".join(s.files)) for s in sources],
        )

    def returns(self, made: "list[Return]") -> None:
        """Print what goes back to each office, and the files of which nothing could."""
        self.grid(
            ["SENDER", "FILES", "RETURNED", "FOLDER"],
            [(one.sender, len(one.workbooks), one.records, one.folder) for one in made],
        )
        for file in (file for one in made for file in one.left_out):
            self.say("LEFT_OUT", file=file)

    def points(self, points: "list[Point]") -> bool:
        """Print what the doctor found; whether all of it is good."""
        rows = [
            ("✓" if p.is_good else "✗", p.title(self.lang), p.result(self.lang)) for p in points
        ]
        self.grid(["STATE", "POINT", "RESULT"], rows)
        bad = sum(1 for point in points if not point.is_good)
        self.say("DOCTOR_BAD" if bad else "DOCTOR_GOOD", count=bad)
        return not bad

    def comparison(self, found: "Comparison") -> None:
        """Print what changes in each indicator, and the figures that change most."""
        if found.indicators:
            self.grid(
                ["INDICATOR", "CHANGED", "ADDED", "WITHDRAWN"],
                [(m.indicator, m.changed, m.added, m.withdrawn) for m in found.indicators],
            )
        if found.largest:
            self.say("LARGEST_CHANGES")
            self.grid(
                ["INDICATOR", "MEASURE", "REGION", "PERIOD", "BREAKDOWN", "OLD", "NEW"],
                [(m.indicator, m.measure, m.region, f"{m.period_kind} {m.period_start}", m.by,
                  f"{m.old:,.4g}", f"{m.new:,.4g}") for m in found.largest],
            )  # fmt: skip

    def changes(self, found: "Changes") -> None:
        """Print what changed between two releases, and why."""
        facts = {name: getattr(found, name) for name in ("old", "new", "revised")}
        self.say("DIFF", count=len(found.comparison.indicators), **facts)
        if found.new_files or found.gone_files:
            self.say("DIFF_FILES", new_files=found.new_files, gone_files=found.gone_files)
        for part in found.parts:
            self.say(f"DIFF_{part}")
        if found.definitions:
            self.say("DIFF_DEFINITIONS", indicators=", ".join(found.definitions))
        self.comparison(found.comparison)

    def grid(self, columns: list[str], rows: Iterable[tuple[object, ...]]) -> None:
        """Print a table; a heading in capitals stands for the words `cli.COL_<HEADING>`."""
        grid = Grid(box=None, header_style="bold", pad_edge=False)
        for column in columns:
            grid.add_column(say(f"cli.COL_{column}", self.lang) if column.isupper() else column)
        for row in rows:
            grid.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
        self.out.print(grid)

    def answer(self, answer: "Answer", *, as_json: bool) -> None:
        """Print the answer of a query; that it is cut, or empty, is said."""
        if as_json:
            self.json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
            return
        self.grid(list(answer.columns), list(answer.rows))
        if not answer.rows:
            self.say("ANSWER_EMPTY")
        if answer.is_cut:
            self.say("ANSWER_CUT", rows=len(answer.rows))

    def json(self, answer: Any) -> None:
        """Print an answer for a program."""
        print(json.dumps(answer, ensure_ascii=False, default=str))  # noqa: T201 - the answer itself


def language(arguments: list[str], environment: dict[str, str]) -> tuple[Lang, list[str]]:
    """The language asked for by `--lang` anywhere in the line, else by the locale; and the rest.

    Raises:
        UserError: `--lang` is neither zh nor en.
    """
    rest = list(arguments)
    locale = environment.get("LC_ALL") or environment.get("LANG") or ""
    asked = "zh" if locale.startswith("zh") else "en"
    for place, word in enumerate(rest):
        if word == "--lang" or word.startswith("--lang="):
            width = 1 if "=" in word else 2
            asked = word.partition("=")[2] if width == 1 else "".join(rest[place + 1 : place + 2])
            del rest[place : place + width]
            break
    if asked not in set(Lang):
        raise UserError("cli.BAD_LANG", exit_code=EXIT_USAGE, lang=asked)
    return Lang(asked), rest


def formatted(counts: dict[str, int]) -> dict[str, str]:
    """Counts as people read them, with separators of thousands."""
    return {name: f"{count:,}" for name, count in counts.items()}
