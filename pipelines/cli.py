"""The verbs of `petitions`. Thin: each asks a module for an answer and shows it.

Words come from `reports/words/cli.yml` in the language of `--lang` or of the locale. A user's
mistake ends in a sentence and an exit code (1 failed run, 2 wrong use, 75 another run), never in a
traceback.
"""

import json
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from pipelines.engine.contract import ContractError
from pipelines.settings import Home, Settings, SettingsError
from pipelines.words import Lang, UserError, say

EXIT_FAILED, EXIT_USAGE = 1, 2

HomeOption = Annotated[
    Path | None, typer.Option("--home", metavar="DIR", envvar="PETITIONS_HOME", show_default="./data")
]
JsonOption = Annotated[bool, typer.Option("--json")]


class Screen:
    """Where answers go: the language, standard output for answers, standard error for the rest."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.out = Console(highlight=False, soft_wrap=True)
        self.err = Console(stderr=True, highlight=False, soft_wrap=True)

    def say(self, key: str, /, **facts: object) -> None:
        """Print the sentence `cli.<key>`."""
        self.out.print(escape(say(f"cli.{key}", self.lang, **facts)))

    def fail(self, sentence: str) -> None:
        """Print an error."""
        self.err.print(f"[red]✗[/red] {escape(sentence)}")

    def grid(self, columns: list[str], rows: list[tuple[object, ...]]) -> None:
        """Print a table; the columns are keys `cli.COL_<name>` or names as they are."""
        grid = Grid(box=None, header_style="bold", pad_edge=False)
        for column in columns:
            grid.add_column(column)
        for row in rows:
            grid.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
        self.out.print(grid)

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


screen = Screen(Lang.EN)
