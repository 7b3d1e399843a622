"""The help of every option and argument, in the language of the reader.

Words are `cli.OPT_<VERB>_<NAME>` where a name means something else in that verb, else
`cli.OPT_<NAME>`.
"""

from collections.abc import Iterator
from typing import Any

import typer

from pipelines.words import Lang, load_words, say


def explained(app: typer.Typer, lang: Lang) -> Any:
    """The command line of `app`, each of its parameters with its help.

    Raises:
        WordsError: a parameter has none.
    """
    command = typer.main.get_command(app)
    for path, verb in verbs(command):
        for parameter in verb.params:
            own = "_".join((*path, parameter.name)).replace("-", "_").upper()
            key = f"cli.OPT_{own}"
            usual = f"cli.OPT_{parameter.name.upper()}"
            parameter.help = say(key if key in load_words() else usual, lang)
    return command


def verbs(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every verb of a command line with the words that lead to it."""
    for name, part in getattr(command, "commands", {}).items():
        if hasattr(part, "commands"):
            yield from verbs(part, (*path, name))
        else:
            yield (*path, name), part
