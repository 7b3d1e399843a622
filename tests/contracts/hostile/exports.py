"""The export that every hostile input starts from: a register that is as it should be.

Its rows hold invented personal data, the same in all inputs, which must never leave the vault.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

MAPPINGS = Path(__file__).with_name("mappings")

NAME = "仉督珈珈"
PHONE = "13900006271"
IDENTITY = "99010119780312625X"
NUMBER = "XFJ"  # how every number of a submission begins
CANARIES = (NAME, PHONE, IDENTITY, f"{NUMBER}-")

Row = dict[str, str]
HEADER = (
    "编号",
    "登记机构",
    "属地",
    "信访形式",
    "内容分类",
    "人次",
    "登记时间",
    "转送时间",
    "办结时间",
    "状态",
    "更新时间",
    "信访人姓名",
    "联系电话",
    "内容概述",
)
FILE = "来件登记_20261031.csv"


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A mapping as it lies in `<home>/sources/`, and the folder of the inbox that it reads."""

    name: str
    text: str

    def varied(self, name: str, **changes: Any) -> "MappingFile":
        """The mapping with other keys; blocks are merged, `columns` by header."""
        keys = _merged(yaml.safe_load(self.text), changes)
        return MappingFile(name, yaml.safe_dump(keys | {"source": name}, allow_unicode=True))

    def without(self, *headers: str) -> "MappingFile":
        """The mapping without some of its columns."""
        keys = yaml.safe_load(self.text)
        for header in headers:
            del keys["columns"][header]
        return MappingFile(self.name, yaml.safe_dump(keys, allow_unicode=True))

    def under(self, levels: Sequence[str], headers: Sequence[str]) -> "MappingFile":
        """The mapping for headers that stand under others: `upper/lower`."""
        keys = yaml.safe_load(self.text)
        above = dict(zip(headers, levels, strict=True))
        keys["columns"] = {
            f"{above[header]}/{header}": spec for header, spec in keys["columns"].items()
        }
        return MappingFile(self.name, yaml.safe_dump(keys, allow_unicode=True))


def _merged(keys: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = copy.deepcopy(keys)
    for key, change in changes.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(change, Mapping)
        merged[key] = _merged(old, change) if both else change
    return merged


def _mapping(name: str) -> MappingFile:
    return MappingFile(name, (MAPPINGS / f"{name}.yml").read_text(encoding="utf-8"))


REGISTER = _mapping("register")
STEPS = _mapping("steps")
DAY_TOTALS = _mapping("day_totals")


def record(number: int, **changes: str) -> Row:
    """A sound record, but for what is changed."""
    row = {
        "编号": f"{NUMBER}-{number:04}",
        "登记机构": "F01",
        "属地": "990102",
        "信访形式": "来信",
        "内容分类": "农村农业",
        "人次": str(number),
        "登记时间": f"2023-03-{number % 28 or 28:02} 09:00:00",
        "转送时间": "",
        "办结时间": "",
        "状态": "",
        "更新时间": "",
        "信访人姓名": NAME,
        "联系电话": PHONE,
        "内容概述": f"来信人{NAME}，身份证{IDENTITY}",
    }
    return row | changes


def marked(count: int, mark: str) -> list[Row]:
    """Sound records whose file is like no other: the mark stands where nothing is taken from."""
    return [row | {"内容概述": f"{row['内容概述']}（{mark}）"} for row in records(count)]


def records(count: int, changes: Mapping[int, Row] | None = None) -> list[Row]:
    """Sound records 1 to `count`, but for what is changed in some."""
    changes = changes or {}
    return [record(number, **changes.get(number, {})) for number in range(1, count + 1)]


def line(cells: Iterable[str], delimiter: str = ",") -> str:
    """Cells as a line without its end; quoted only where that is needed."""
    return delimiter.join(
        f'"{cell.replace(chr(34), chr(34) * 2)}"'
        if any(mark in cell for mark in (delimiter, '"', "\n", "\r"))
        else cell
        for cell in cells
    )


def lines(rows: Iterable[Row], header: Iterable[str] = HEADER, delimiter: str = ",") -> list[str]:
    """The lines of an export, header first; `header` says which columns it has."""
    header = tuple(header)
    return [
        line(header, delimiter),
        *(line((row.get(name, "") for name in header), delimiter) for row in rows),
    ]


def text(rows: Iterable[Row], header: Iterable[str] = HEADER) -> str:
    """A whole export."""
    return "\n".join(lines(rows, header)) + "\n"


def csv(rows: Iterable[Row], header: Iterable[str] = HEADER) -> bytes:
    """A whole export in UTF-8."""
    return text(rows, header).encode()
