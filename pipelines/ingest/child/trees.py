"""Records found in a tree, JSON or XML, as a clean CSV with the columns that a mapping names."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from pipelines.ingest.child.verdict import Unreadable
from pipelines.ingest.clean import CleanWriter, fault_in
from pipelines.ingest.header import COLUMNS, comparable
from pipelines.ingest.reasons import RecordReason

NOWHERE = -1


@dataclass(slots=True)
class Found:
    """A record of a tree.

    Attributes:
        values: its values by the path that leads to each.
        several: paths at which there is more than one value.
        reason: why it cannot be read at all.
        text: the record as it stands in the file, where that is known.
    """

    values: dict[str, str] = field(default_factory=dict)
    several: set[str] = field(default_factory=set)
    reason: RecordReason | None = None
    text: str = ""


def write_tree(found: Iterable[Found], wanted: Sequence[str], target: Path) -> dict[str, Any]:
    """Write the wanted columns of every record as the clean CSV that `clean.py` describes.

    Args:
        found: the records, in order.
        wanted: the names of the columns, each with its own place.
        target: where the clean copy goes.

    Returns:
        `kept`, `refused_count`, how many `rows` there are, which wanted columns were `seen`, and
        how many `unknown` ones there are.

    Raises:
        Unreadable: there are more columns than any export has.
    """
    places = {comparable(name): place for place, name in enumerate(wanted)}
    place_of: dict[str, int] = {}
    number = 0
    with CleanWriter(target) as out:
        for number, record in enumerate(found, 1):
            for name in chain(record.values, record.several):
                if name not in place_of:
                    place_of[name] = places.get(comparable(name), NOWHERE)
            if len(place_of) > COLUMNS:
                raise Unreadable("F_TOO_WIDE", str(len(place_of)))
            fields = _fields(record, place_of, len(wanted))
            if reason := _fault(record, fields, place_of):
                shown = record.text or json.dumps(record.values, ensure_ascii=False)
                out.refuse(number, reason, shown)
            else:
                out.keep(number, fields)
    done, seen = out.done, set(place_of.values()) - {NOWHERE}
    return {
        "kept": done.kept_count,
        "refused_count": done.refused_count,
        "rows": number,
        "seen": [wanted[place] for place in sorted(seen)],
        "unknown": sum(place == NOWHERE for place in place_of.values()),
    }


def _fields(record: Found, place_of: dict[str, int], width: int) -> list[str]:
    fields = [""] * width
    for name, value in record.values.items():
        if place_of[name] != NOWHERE:
            fields[place_of[name]] = value
    return fields


def _fault(record: Found, fields: list[str], place_of: dict[str, int]) -> RecordReason | None:
    if record.reason:
        return record.reason
    if any(place_of[name] != NOWHERE for name in record.several):
        return RecordReason.RAGGED_LONG
    if not any(fields):
        return RecordReason.REQUIRED
    return fault_in("".join(fields))
