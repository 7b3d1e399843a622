"""The words that people read, in Chinese and in English, from `reports/words/`.

Each file of that folder is a list of keys with a sentence in both languages; a key is addressed as
`<file>.<key>`. The command line, the site and every error for a user draw on the same files.
"""

from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

WORDS_FOLDER = Path(__file__).parents[1] / "reports" / "words"


class Lang(StrEnum):
    """The two languages of the product."""

    ZH = "zh"
    EN = "en"


class WordsError(ValueError):
    """A words file lacks a language, or a key is not there."""


@cache
def load_words(folder: Path = WORDS_FOLDER) -> dict[str, dict[Lang, str]]:
    """Every key of the folder with its sentence in both languages.

    Raises:
        WordsError: a sentence is missing in one of the languages.
    """
    words: dict[str, dict[Lang, str]] = {}
    for path in sorted(folder.glob("*.yml")):
        said = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for key, pair in (said or {}).items():
            if not isinstance(pair, dict) or set(pair) != {"zh", "en"} or not all(pair.values()):
                raise WordsError(f"{path.name}: `{key}` needs a sentence in zh and in en")
            words[f"{path.stem}.{key}"] = {Lang.ZH: pair["zh"], Lang.EN: pair["en"]}
    return words


def say(key: str, lang: Lang, /, **facts: object) -> str:
    """The sentence `key` in `lang`, its braces filled from `facts`.

    Raises:
        WordsError: there is no such key.
    """
    try:
        return load_words()[key][lang].format(**facts)
    except KeyError as error:
        raise WordsError(f"no words for `{key}`, or a fact is missing: {error}") from error


class UserError(Exception):
    """Something a user can mend: a sentence that names file, fault, expectation and remedy.

    The sentence is a key of `reports/words/`; the facts that fill it are file names, column names,
    counts and codes, never a value from a row.
    """

    def __init__(self, key: str, /, *, exit_code: int = 1, **facts: object) -> None:
        self.key, self.exit_code, self.facts = key, exit_code, facts
        super().__init__(self.sentence(Lang.EN))

    def sentence(self, lang: Lang) -> str:
        """The error in the language asked for."""
        return say(self.key, lang, **self.facts)
