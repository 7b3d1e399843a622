"""A bulletin as a file: the figures that it prints, and the relations that they claim to stand in.

    title: {zh: …, en: …}
    source: where it was printed
    published_on: 2020-10-20
    figures:
      received: {zh: 当月受理, en: Received, printed: 78589件}
    relations:
      - {kind: sum, whole: demands, parts: [received, carried_over]}

`printed` is read by `numbers`; `scope` says whom or where a figure covers where figures of one file
differ in that. Whether the relations hold is asked in `relations`. A file that cannot be used is
refused with the key that is wrong and what was expected; it is a person's own file about printed
figures, so what stands in it may be shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn, cast

import yaml

from pipelines.bulletins.numbers import read_number
from pipelines.bulletins.ranges import Range
from pipelines.words import Lang, UserError

WRONG_USE = 2
LARGEST_FILE = 1 << 20


class Kind(StrEnum):
    """What figures can claim of each other; the roles of each kind are in `ROLES`."""

    SUM = "sum"
    BALANCE = "balance"
    CHANGE = "change"
    SHARE = "share"
    RATIO = "ratio"
    SAME = "same"
    CLOSED_MEAN = "closed_mean"


@dataclass(frozen=True, slots=True)
class Role:
    """A place in a relation: whether it takes a list of figures, and whether it may be empty."""

    is_list: bool = False
    is_optional: bool = False


ONE, MANY, MAYBE = Role(), Role(is_list=True), Role(is_optional=True)
ROLES: Mapping[Kind, Mapping[str, Role]] = {
    Kind.SUM: {"whole": ONE, "parts": MANY},
    Kind.BALANCE: {"opening": ONE, "added": MANY, "removed": MANY, "closing": ONE},
    Kind.CHANGE: {"now": ONE, "change": ONE, "before": MAYBE},
    Kind.SHARE: {"share": ONE, "whole": ONE, "part": MAYBE},
    Kind.RATIO: {"ratio": ONE, "numerator": ONE, "denominator": ONE},
    Kind.SAME: {"figures": MANY},
    Kind.CLOSED_MEAN: {"mean": ONE, "opening": ONE, "closing": ONE},
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure."""

    id: str
    title: Mapping[Lang, str]
    printed: str
    range: Range
    unit: str
    scope: str


@dataclass(frozen=True, slots=True)
class Relation:
    """What figures claim of each other: by role, one or more of them."""

    number: int
    kind: Kind
    roles: Mapping[str, tuple[Figure, ...]]

    def one(self, role: str) -> Figure:
        """The figure in a role that takes one."""
        return self.roles[role][0]

    def maybe(self, role: str) -> Figure | None:
        """The figure in a role that may be empty."""
        return next(iter(self.roles.get(role, ())), None)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All of its figures, in the order of the roles."""
        return tuple(figure for role in self.roles.values() for figure in role)


@dataclass(frozen=True, slots=True)
class Bulletin:
    """The file, read."""

    title: Mapping[Lang, str]
    source: str
    published_on: str
    figures: Mapping[str, Figure]
    relations: tuple[Relation, ...]


@dataclass(frozen=True, slots=True)
class _Reader:
    path: Path

    def refuse(self, fault: str, key: str, **facts: object) -> NoReturn:
        raise UserError(f"audit.{fault}", exit_code=WRONG_USE, file=self.path, key=key, **facts)

    def load(self) -> dict[str, Any]:
        try:
            if self.path.stat().st_size > LARGEST_FILE:
                raise UserError("audit.TOO_LARGE", exit_code=WRONG_USE, file=self.path)
            content = yaml.safe_load(self.path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            self.refuse("UNREADABLE", "", reason=error.strerror)
        except UnicodeDecodeError:
            self.refuse("NOT_UTF8", "")
        except (yaml.YAMLError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            self.refuse("NOT_YAML", "", line=mark.line + 1 if mark else 1)
        return self.mapping(content, "", {"title", "figures", "relations"}, TOP)

    def mapping(
        self, content: object, key: str, required: set[str], allowed: set[str]
    ) -> dict[str, Any]:
        if not isinstance(content, dict):
            self.refuse("NOT_A_MAPPING", key or "–", expected=", ".join(sorted(allowed)))
        found = cast("dict[Any, Any]", content)
        for name in found:
            if name not in allowed:
                near = get_close_matches(str(name), sorted(allowed), n=1) or sorted(allowed)
                self.refuse("KEY_UNKNOWN", _at(key, name), expected=", ".join(near))
        for name in sorted(required - found.keys()):
            self.refuse("KEY_MISSING", _at(key, name))
        return found

    def text(self, content: object, key: str) -> str:
        if isinstance(content, bool) or content is None or isinstance(content, dict | list):
            self.refuse("NOT_TEXT", key)
        text = str(content).strip()
        if not text:
            self.refuse("NOT_TEXT", key)
        return text

    def figure(self, name: str, content: object) -> Figure:
        key = f"figures.{name}"
        found = self.mapping(content, key, {"zh", "en", "printed"}, FIGURE)
        written = self.text(found["printed"], f"{key}.printed")
        number = read_number(written)
        if number is None:
            self.refuse("NOT_A_NUMBER", f"{key}.printed", text=written)
        return Figure(
            id=name,
            title={lang: self.text(found[lang], f"{key}.{lang}") for lang in Lang},
            printed=written,
            range=number.range,
            unit=self.text(found["unit"], f"{key}.unit") if "unit" in found else number.unit,
            scope=self.text(found["scope"], f"{key}.scope") if "scope" in found else "",
        )

    def relation(self, number: int, content: object, figures: Mapping[str, Figure]) -> Relation:
        key = f"relations[{number}]"
        every = {role for roles in ROLES.values() for role in roles} | {"kind"}
        kind = str(self.mapping(content, key, {"kind"}, every)["kind"])
        if kind not in set(Kind):
            self.refuse("KIND_UNKNOWN", f"{key}.kind", expected=", ".join(Kind))
        roles = ROLES[Kind(kind)]
        required = {name for name, role in roles.items() if not role.is_optional}
        found = self.mapping(content, key, required, {*roles, "kind"})
        return Relation(
            number,
            Kind(kind),
            {
                name: self.named(found[name], f"{key}.{name}", role, figures)
                for name, role in roles.items()
                if name in found
            },
        )

    def named(
        self, content: object, key: str, role: Role, figures: Mapping[str, Figure]
    ) -> tuple[Figure, ...]:
        if isinstance(content, list) != role.is_list or content == []:
            self.refuse("NOT_A_LIST" if role.is_list else "NOT_ONE", key)
        names = cast("list[object]", content) if isinstance(content, list) else [content]
        for name in names:
            if name not in figures:
                near = get_close_matches(str(name), list(figures), n=1) or list(figures)
                self.refuse("FIGURE_UNKNOWN", key, name=name, expected=", ".join(near))
        return tuple(figures[str(name)] for name in names)


TOP = {"title", "source", "published_on", "note", "figures", "relations"}
FIGURE = {"zh", "en", "printed", "unit", "scope"}


def load_bulletin(path: Path) -> Bulletin:
    """Read a bulletin.

    Raises:
        UserError: the file cannot be read, or a key is missing, unknown or not what was expected;
            the exit code is that of wrong use.
    """
    reader = _Reader(path)
    content = reader.load()
    title = reader.mapping(content["title"], "title", set(Lang), set(Lang))
    written = content["figures"]
    if not isinstance(written, dict) or not written:
        reader.refuse("NOT_A_MAPPING", "figures", expected="name: {zh, en, printed}")
    named = cast("dict[Any, object]", written)
    figures = {str(name): reader.figure(str(name), one) for name, one in named.items()}
    claimed = content["relations"]
    if not isinstance(claimed, list) or not claimed:
        reader.refuse("NOT_A_LIST", "relations")
    claims = enumerate(cast("list[object]", claimed), start=1)
    return Bulletin(
        title={lang: reader.text(title[lang], f"title.{lang}") for lang in Lang},
        source=reader.text(content.get("source", "–"), "source"),
        published_on=reader.text(content.get("published_on", "–"), "published_on"),
        figures=figures,
        relations=tuple(reader.relation(no, one, figures) for no, one in claims),
    )


def _at(key: str, name: object) -> str:
    return f"{key}.{name}" if key else str(name)
