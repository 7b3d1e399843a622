"""The help of the command line in the language of the reader: what Typer says, and every option.

Words are `cli.OPT_<VERB>_<NAME>` where a name means something else in that verb, else
`cli.OPT_<NAME>`; those that Typer would say in English are `cli.FRAME_<its name for them>`.
"""

from collections.abc import Iterator
from typing import Any

import typer

from pipelines.words import Lang, load_words, say

FRAME = "cli.FRAME_"


def explained(app: typer.Typer, lang: Lang) -> Any:
    """The command line of `app`, each of its parameters with its help.

    Raises:
        WordsError: a parameter has none.
    """
    from typer import rich_utils  # noqa: PLC0415 - with the help

    for key, words in load_words().items():
        if key.startswith(FRAME):
            setattr(rich_utils, key.removeprefix(FRAME), words[lang])
    command = typer.main.get_command(app)
    _explain_help(command, lang)
    for path, verb in verbs(command):
        _explain_help(verb, lang)
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


def _explain_help(command: Any, lang: Lang) -> None:
    for part in (command, *getattr(command, "commands", {}).values()):
        if option := part.get_help_option(typer.Context(part)):
            option.help = say("cli.HELP", lang)
