"""What columns and labels are called: the contracts' own words and a reviewed list of others.

`vocabulary.yml` says once what is not in a contract, in a code list or in a mapping already.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

from pipelines.contract import Column, Table
from pipelines.ingest.folding import folded
from pipelines.ingest.source import EVENT_TABLE, Source
from pipelines.ingest.wordings import UNKNOWN
from pipelines.words import load_words

WORDS_FILE = Path(__file__).with_name("vocabulary.yml")
CODE_WORDS = "codes.code_"
MARGINAL = re.compile(r"[(（].*?[)）]")  # of a contract's words, what says how a value is kept
REGION_WORD = "行政区划代码"
APART = re.compile(r"[\s_\-/:.,，、()（）]+")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names of columns and labels, in the form in which they are compared.

    Attributes:
        columns: by table and column, the names it may have.
        events: by type of step, the names of a date column that tells of it.
        sender: names of a column that says which office sent a record.
        open_lists: words in the name of a file that lists what is open.
        personal: words in the header of a column of which nothing may leave the vault.
        truths: labels of true and of false.
        labels: by code, its labels.
    """

    columns: dict[tuple[str, str], frozenset[str]]
    events: dict[str, frozenset[str]]
    sender: frozenset[str]
    open_lists: tuple[str, ...]
    personal: tuple[str, ...]
    truths: dict[str, frozenset[str]]
    labels: dict[str, frozenset[str]]

    @classmethod
    def load(cls, tables: dict[str, Table], sources: Iterable[Source]) -> Self:
        """Everything that is known.

        Args:
            tables: every contract by name.
            sources: mappings whose headers and labels are known too.
        """
        said: dict[str, Any] = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))
        known = list(sources)
        columns = {
            (table.name, column.name): set(_names_of(column)) | _plain(said["columns"], column.name)
            for table in tables.values()
            if table.version
            for column in table.columns
        }
        labels: dict[str, set[str]] = {
            code: _plain(said["labels"], code) for code in said["labels"]
        }
        events: dict[str, set[str]] = {
            kind: _plain(said["events"], kind) for kind in said["events"]
        }
        for source in known:
            _learn(source, columns, labels, events)
        for key, words in load_words().items():
            if key.startswith(CODE_WORDS):
                code = key.removeprefix(CODE_WORDS)
                labels.setdefault(code, set()).update(map(plain, (code, *words.values())))
        return cls(
            columns={key: frozenset(names) for key, names in columns.items()},
            events={kind: frozenset(names) for kind, names in events.items()},
            sender=frozenset(_plain(said, "sender")),
            open_lists=tuple(map(plain, said["open_lists"])),
            personal=tuple(map(plain, said["personal"])),
            truths={truth: frozenset(_plain(said, truth)) for truth in ("true", "false")},
            labels={code: frozenset(names) for code, names in labels.items()},
        )

    def code_of(self, label: str, target: Column) -> str:
        """The code that a label stands for in a column; empty where nobody has said."""
        text = plain(label)
        if target.type == "boolean":
            return next((truth for truth, known in self.truths.items() if text in known), "")
        for code in target.codes:
            if text == code or text in self.labels.get(code, ()):
                return code
        return ""

    @property
    def names(self) -> frozenset[str]:
        """Every name of a column, by which a header is found."""
        each = (*self.columns.values(), *self.events.values(), self.sender)
        return frozenset(name for names in each for name in names)


def plain(text: str) -> str:
    """A name in the form in which names are compared: folded, small, nothing in between."""
    return APART.sub(" ", folded(text).lower()).strip()


def _names_of(column: Column) -> Iterator[str]:
    yield plain(column.name)
    zh = MARGINAL.sub("", column.words.zh)
    yield plain(zh)
    yield plain(zh.removesuffix(REGION_WORD)) or plain(zh)  # exports name the place alone
    yield plain(MARGINAL.sub("", column.words.en))


def _plain(said: dict[str, Any], key: str) -> set[str]:
    return {plain(str(name)) for name in said.get(key, ())}


def _learn(
    source: Source,
    columns: dict[tuple[str, str], set[str]],
    labels: dict[str, set[str]],
    events: dict[str, set[str]],
) -> None:
    """Take over what a mapping calls its columns and their labels."""
    for column in source.columns:
        names = set(map(plain, (column.header, *column.aliases)))
        if column.event:
            events.setdefault(column.event, set()).update(names)
        elif column.target:
            columns.setdefault((source.table, column.target), set()).update(names)
        for label, code in column.values:
            if code == UNKNOWN:  # perhaps a draft that nobody has looked at yet
                continue
            labels.setdefault(code, set()).add(plain(label))
            if column.target == "event_type" and source.table == EVENT_TABLE:
                times = (f"{label}时间", f"{label}日期")
                events.setdefault(code, set()).update(map(plain, times))
