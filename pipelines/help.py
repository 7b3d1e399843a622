"""The help of the command line in the language of the reader: every option, and what Typer says.

Words are `cli.OPT_<VERB>_<NAME>` where a name means something else in that verb, else
`cli.OPT_<NAME>`; those that Typer would say in English are `cli.FRAME_<its name for them>`.
"""

import re
from collections.abc import Iterator
from typing import Any

import typer

from pipelines.words import Lang, load_words, say

FRAME = "cli.FRAME_"

# What Typer says of a wrong use, and our words for it.
MISUSES = {
    "NO_OPTION": r"No such option: (?P<name>\S+)(?: \(Possible options: (?P<like>.*)\))?",
    "NO_COMMAND": r"No such command '(?P<name>.*?)'\.(?: Did you mean (?P<like>.*)\?)?",
    "NOT_EXPECTED": r"Got unexpected extra argument\(s\) \((?P<name>.*)\)",
    "NO_VALUE": r"Option '(?P<name>.*)' requires an argument\.",
    "IS_FLAG": r"Option '(?P<name>.*)' does not take a value\.",
    "MISSING": r"Missing (?:argument|option) '(?P<name>.*)'\.",
    "BAD_VALUE": r"Invalid value for '(?P<name>.*?)': .*",
}


class Misuse(typer.BadParameter):
    """A wrong use of the command line, in the reader's words."""

    def __init__(self, error: typer.TyperException, lang: Lang) -> None:
        context = getattr(error, "ctx", None)
        super().__init__(_in_words(error, context, lang), context)

    def format_message(self) -> str:
        """The words alone."""
        return self.message


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


def show_misuse(error: typer.TyperException, lang: Lang) -> int:
    """Print the use of the command and what is wrong, unless its help was all; the exit code."""
    from typer import rich_utils  # noqa: PLC0415 - only when something is wrong

    if error.format_message():
        rich_utils.rich_format_error(Misuse(error, lang))
    return error.exit_code


def _expected(parameter: Any, context: Any) -> str:
    """The type of a parameter as the help has it, with its bounds."""
    bounds = [bound for bound in (parameter.min, parameter.max) if bound is not None]
    return " ".join([parameter.display_type(context), "–".join(map(str, bounds))]).rstrip()


def _in_words(error: typer.TyperException, context: Any, lang: Lang) -> str:
    """What Typer says, in the reader's language; as it is where Typer says something new."""
    message = error.format_message()
    for key, pattern in MISUSES.items():
        if said := re.fullmatch(pattern, message, re.DOTALL):
            facts = said.groupdict()
            if key == "BAD_VALUE":
                facts["expected"] = _expected(vars(error)["param"], context)
            hint = say("cli.MISUSE_LIKE", lang, like=facts["like"]) if facts.get("like") else ""
            return say(f"cli.MISUSE_{key}", lang, **facts) + hint
    return message
