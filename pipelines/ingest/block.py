"""A block of a YAML file that people write, read so that a mistake names itself.

Every scalar stays text: a header called `no`, a label `01` or a date is never turned into something
else. Which keys there are is for the caller to say; this module says what is wrong with them.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self, cast

import yaml

from pipelines.words import UserError

WRONG_USE = 2


# The parser in C reads the same, ten times as fast; not every build of PyYAML has it.
_Loader: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _TextLoader(_Loader):
    """Keeps scalars as text and refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - as PyYAML calls it
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, "twice", node.start_mark)
        return super().construct_mapping(node, deep)


@dataclass(frozen=True, slots=True)
class Block:
    """Keys of one block, and where it stands.

    Attributes:
        file: the file it was read from.
        place: the path of keys that leads to it, for people.
        keys: the keys and what they hold.
    """

    file: Path
    place: str
    keys: dict[str, Any]

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a whole file.

        Raises:
            UserError: the file is not YAML, a key stands twice, or it does not hold keys.
        """
        try:
            # A loader that builds nothing but text, lists and mappings.
            keys = yaml.load(file.read_text(encoding="utf-8"), Loader=_TextLoader)  # noqa: S506 - see above
        except (yaml.MarkedYAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            raise UserError(
                "ingest.MAPPING_YAML", exit_code=WRONG_USE, file=file, line=line
            ) from None
        return cls(file, "", cls._mapping(file, "", keys))

    @staticmethod
    def _mapping(file: Path, place: str, keys: object) -> dict[str, Any]:
        if not isinstance(keys, dict):
            raise UserError(
                "ingest.MAPPING_VALUE",
                exit_code=WRONG_USE,
                file=file,
                place=place or "-",
                expected="`key: value`",
            )
        return cast("dict[str, Any]", keys)

    def __contains__(self, key: str) -> bool:
        return key in self.keys

    def at(self, key: str) -> str:
        """Where `key` of this block stands."""
        return f"{self.place}.{key}" if self.place else key

    def wrong(self, key: str, expected: str) -> UserError:
        """The error that says what `key` should have been."""
        return self.error("ingest.MAPPING_VALUE", place=self.at(key), expected=expected)

    def error(self, words: str, /, **facts: object) -> UserError:
        """An error in this file: wrong use, not a failed run."""
        return UserError(words, exit_code=WRONG_USE, file=self.file, **facts)

    def only(self, known: Collection[str]) -> None:
        """Refuse any key that is not known, naming the nearest one.

        Raises:
            UserError: there is such a key.
        """
        for key in self.keys:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                expected = near[0] if near else ", ".join(sorted(known))
                raise self.error("ingest.MAPPING_KEY", place=self.at(key), expected=expected)

    def lacks(self, key: str, example: str) -> UserError:
        """The error that says what to write for a missing `key`."""
        return self.error("ingest.MAPPING_MISSING", place=self.at(key), example=example)

    def text(self, key: str, default: str | None = None, *, example: str = "") -> str:
        """The text at `key`.

        Raises:
            UserError: there is neither the key nor a default, or it does not hold text.
        """
        if key not in self.keys:
            if default is None:
                raise self.lacks(key, f"{key}: {example}")
            return default
        if not isinstance(self.keys[key], str):
            raise self.wrong(key, f"{key}: {example or 'text'}")
        return self.keys[key]

    def choice(self, key: str, options: Iterable[str], default: str | None = None) -> str:
        """The text at `key`, which must be one of `options`."""
        options = list(options)
        found = self.text(key, default, example=" | ".join(options))
        if found not in options:
            raise self.wrong(key, " | ".join(options))
        return found

    def whole(self, key: str, default: int) -> int:
        """The whole number, 1 or more, at `key`."""
        found = self.text(key, str(default), example=str(default))
        if not (found.isascii() and found.isdigit() and int(found) >= 1):
            raise self.wrong(key, f"{key}: {default}")
        return int(found)

    def flag(self, key: str) -> bool:
        """`true` or `false` at `key`; false where it is missing."""
        return self.choice(key, ("true", "false"), "false") == "true"

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """The list of texts at `key`."""
        if key not in self.keys:
            if default is None:
                raise self.lacks(key, f'{key}: ["…"]')
            return default
        found = self.keys[key]
        if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
            raise self.wrong(key, f'{key}: ["…"]')
        return tuple(cast("list[str]", found))

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """The `name: text` pairs at `key`, none where it is missing."""
        block = self.block(key)
        return tuple((name, block.text(name)) for name in block.keys)

    def block(self, key: str) -> "Block":
        """The block at `key`, empty where it is missing."""
        place = self.at(key)
        return Block(self.file, place, self._mapping(self.file, place, self.keys.get(key, {})))

    def blocks(self) -> Iterator[tuple[str, "Block"]]:
        """Every key with the block that it holds."""
        for key in self.keys:
            yield key, self.block(key)
