"""Table contracts: what a table holds, said once.

A contract is a YAML file (`<table>.yml`) or the same keys as a header of a query
(`<table>.sql`, between `/*---` and `---*/`). From it come the DDL, the comments, the validation
rules, the Great Expectations suite, the dictionary and `datapackage.json`.

This module reads and checks contracts and renders their DDL; definitions of indicators share its
reader of headers. It knows nothing of petitions, of files that were ingested, or of where a table
is built.
"""

from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import yaml

from pipelines.quoting import literal

HEADER_OPEN, HEADER_CLOSE = "/*---", "---*/"

SQL_TYPES = {
    "text": "VARCHAR",
    "code": "VARCHAR",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


class ContractError(ValueError):
    """A contract file that cannot be used; the message names the file and what to write."""


class Severity(StrEnum):
    """What a broken rule costs: the row, a remark, or the whole publication."""

    ERROR = "error"
    WARNING = "warning"
    BLOCK = "block"


class Scope(StrEnum):
    """What a rule has to see: one row, one table's rows, other tables, a sender's, or totals."""

    ROW = "row"
    SET = "set"
    CROSS = "cross"
    SENDER = "sender"
    TOTAL = "total"


BREAKDOWN = "breakdown"
FINEST = ("province", "city", "county", BREAKDOWN)


class Length(StrEnum):
    """Of the periods of figures, from the shortest; as words they have the same order."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Words:
    """One meaning in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type, its unit and what it means.

    `personal` is how a value that names a person is treated on the way in (`key`: replaced by a
    keyed hash; empty: the column holds nothing personal). `codes` lists the allowed values.
    """

    name: str
    type: str
    words: Words
    unit: str = ""
    required: bool = False
    personal: str = ""
    codes: tuple[str, ...] = ()

    @property
    def sql_type(self) -> str:
        """The DuckDB type of the column."""
        return SQL_TYPES[self.type]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: `predicate` is true for a bad row; `query` lists bad rows, senders or totals."""

    id: str
    severity: Severity
    scope: Scope
    words: Words
    code: str = ""
    column: str = ""
    predicate: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table contract.

    `dated_by` names the column that says when a record happened; empty where records stand for a
    time instead, or have none. `counts` is the counting unit of one row, empty where it has none.
    """

    name: str
    title: Words
    about: Words
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    dated_by: str = ""
    counts: str = ""
    rules: tuple[Rule, ...] = ()
    query: str = ""
    path: Path = field(default=Path(), compare=False)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a contract from `.yml` or from the header of `.sql`.

        Raises:
            ContractError: a key is missing or unknown, a type is not one of `SQL_TYPES`, or
                `dated_by` is not a required column of dates or times.
        """
        keys, query = read_header(path)
        refuse_unknown(path, keys, _TABLE_KEYS)
        for name in ("table", "title", "about", "grain", "columns"):
            if name not in keys:
                raise ContractError(f"{path.name}: key `{name}` is missing; every table needs it")
        columns = tuple(_column(path, name, spec) for name, spec in keys["columns"].items())
        return cls(
            name=keys["table"],
            title=read_words(path, keys["title"]),
            about=read_words(path, keys["about"]),
            grain=keys["grain"],
            columns=columns,
            key=tuple(keys.get("key", ())),
            version=tuple(keys.get("version", ())),
            dated_by=_dated_by(path, keys, columns),
            counts=keys.get("counts", ""),
            rules=tuple(_rule(path, spec) for spec in keys.get("rules", ())),
            query=query,
            path=path,
        )

    def column(self, name: str) -> Column:
        """The column called `name`.

        Raises:
            KeyError: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def create_sql(self, qualified: str) -> str:
        """`create table` of the contract's columns under the name `qualified`."""
        body = ", ".join(f'"{c.name}" {c.sql_type}' for c in self.columns)
        return f"create or replace table {qualified} ({body})"

    def comment_sql(self, qualified: str) -> list[str]:
        """One `comment on` statement for the table and one for each column."""
        about = literal(f"{self.title.zh} {self.title.en}. {self.about.zh} {self.about.en}")
        return [f"comment on table {qualified} is {about}"] + [
            f'comment on column {qualified}."{c.name}" is '
            + literal(f"{c.words.zh} {c.words.en}" + (f" [{c.unit}]" if c.unit else ""))
            for c in self.columns
        ]


_TABLE_KEYS = {
    "table",
    "title",
    "about",
    "grain",
    "columns",
    "key",
    "version",
    "dated_by",
    "counts",
    "rules",
}
_COLUMN_KEYS = {"type", "zh", "en", "unit", "required", "personal", "codes"}
_RULE_KEYS = {"id", "severity", "scope", "zh", "en", "code", "column", "predicate", "query"}


def read_header(path: Path) -> tuple[dict[str, Any], str]:
    """The keys of a `.yml` file, or of an SQL file's header together with its query.

    Raises:
        ContractError: the file is not YAML, or an SQL file does not begin with a header.
    """
    text = path.read_text(encoding="utf-8")
    query = ""
    if path.suffix == ".sql":
        if not text.startswith(HEADER_OPEN) or HEADER_CLOSE not in text:
            raise ContractError(
                f"{path.name}: an SQL file begins with a header between {HEADER_OPEN} and "
                f"{HEADER_CLOSE}"
            )
        header, query = text[len(HEADER_OPEN) :].split(HEADER_CLOSE, 1)
        text, query = header, query.strip()
    try:
        keys = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise ContractError(f"{path.name}: the header is not YAML: {error}") from error
    if not isinstance(keys, dict):
        raise ContractError(f"{path.name}: the header must be a list of `key: value` lines")
    return keys, query


def load_tables(folder: Path) -> dict[str, Table]:
    """Every contract of a folder by table name, in name order."""
    paths = sorted(p for p in folder.iterdir() if p.suffix in {".yml", ".sql"})
    return {table.name: table for table in map(Table.load, paths)}


def _column(path: Path, name: str, spec: dict[str, Any]) -> Column:
    refuse_unknown(path, spec, _COLUMN_KEYS)
    if spec.get("type") not in SQL_TYPES:
        raise ContractError(
            f"{path.name}: column `{name}` has type `{spec.get('type')}`; "
            f"expected one of {', '.join(SQL_TYPES)}"
        )
    return Column(
        name=name,
        type=spec["type"],
        words=read_words(path, spec),
        unit=spec.get("unit", ""),
        required=spec.get("required", False),
        personal=spec.get("personal", ""),
        codes=tuple(spec.get("codes", ())),
    )


def _dated_by(path: Path, keys: dict[str, Any], columns: tuple[Column, ...]) -> str:
    name: str = keys.get("dated_by", "")
    fitting = [c.name for c in columns if c.required and c.type in {"date", "timestamp"}]
    if name and name not in fitting:
        raise ContractError(
            f"{path.name}: `dated_by` is `{name}`; expected a required column of dates or times: "
            f"{', '.join(fitting)}"
        )
    return name


def _rule(path: Path, spec: dict[str, Any]) -> Rule:
    refuse_unknown(path, spec, _RULE_KEYS)
    return Rule(
        id=spec["id"],
        severity=Severity(spec["severity"]),
        scope=Scope(spec["scope"]),
        words=read_words(path, spec),
        code=spec.get("code", ""),
        column=spec.get("column", ""),
        predicate=spec.get("predicate", ""),
        query=spec.get("query", ""),
    )


def read_words(path: Path, spec: dict[str, Any]) -> Words:
    """The `zh` and `en` of a specification.

    Raises:
        ContractError: one of the two is missing.
    """
    if not spec.get("zh") or not spec.get("en"):
        raise ContractError(f"{path.name}: both `zh` and `en` are needed in {spec}")
    return Words(zh=spec["zh"], en=spec["en"])


def refuse_unknown(path: Path, keys: dict[str, Any], known: set[str]) -> None:
    """Refuse keys that the format does not have, naming the nearest one that it has.

    Raises:
        ContractError: a key is unknown.
    """
    for key in keys:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            raise ContractError(f"{path.name}: unknown key `{key}`{hint}")


def read_finest(path: Path, spec: dict[str, Any]) -> dict[str, Length]:
    """The shortest period of figures by level, as a header or the settings give it.

    `breakdown` is that of figures by breakdown, where a level has shorter periods.

    Raises:
        ContractError: another level, or another length of a period.
    """
    refuse_unknown(path, spec, set(FINEST))
    for level, length in spec.items():
        if length not in set(Length):
            raise ContractError(
                f"{path.name}: finest period of `{level}` is `{length}`; expected one of "
                f"{', '.join(Length)}"
            )
    return {level: Length(length) for level, length in spec.items()}
