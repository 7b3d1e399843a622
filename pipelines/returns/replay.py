"""Repaired workbooks back into the inbox, as a correction from the office that sent the records.

A correction is a file of the same source, sender and period, as of an instant after the extract
that it corrects: so it wins over what it corrects and over nothing that was extracted later. Which
records it repairs is noted in the vault; their old refusals stay as history. The same workbook
again is the same file, and nothing happens.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import yaml

from pipelines.ingest.decoded import Decoded
from pipelines.ingest.durable import make_private_folder, write_durably
from pipelines.ingest.format import Form, Format
from pipelines.ingest.header import Names, comparable
from pipelines.ingest.kind import Kind, kind_of
from pipelines.ingest.manifest import Manifest, read_manifests
from pipelines.ingest.provenance import SIDECAR_SUFFIX
from pipelines.ingest.reasons import Refused
from pipelines.ingest.records import Worker
from pipelines.ingest.sheets import read_sheet
from pipelines.ingest.source import Shape, Source
from pipelines.ingest.trial import trial_worker
from pipelines.returns.records import Installed
from pipelines.returns.workbook import LABELS
from pipelines.settings import Home
from pipelines.spreadsheet import unguarded
from pipelines.words import UserError

REPAIRED = "更正"
MARK_LENGTH = 12
STEP = timedelta(microseconds=1)  # later, and the same second to everyone who reads it
WORKBOOK_SUFFIX = ".xlsx"
AS_SENT = Format(header_row=1, sheet="1")


@dataclass(frozen=True, slots=True)
class Replayed:
    """A repaired workbook that went into the inbox.

    Attributes:
        workbook: its name.
        place: the file below the inbox.
        records: records in it.
        is_new: false if the very same records had been sent in before.
    """

    workbook: str
    place: str
    records: int
    is_new: bool


def replay(installed: Installed, path: Path) -> list[Replayed]:
    """Put repaired workbooks into the inbox.

    Args:
        installed: the installation.
        path: a workbook that `export_returns` wrote, repaired; or a folder of them.

    Raises:
        UserError: there is none, or one of them is not what was sent out; nothing is taken then.
    """
    workbooks = sorted(path.rglob(f"*{WORKBOOK_SUFFIX}")) if path.is_dir() else [path]
    workbooks = [w for w in workbooks if w.is_file() and not w.name.startswith("~$")]
    if not workbooks:
        raise UserError("returns.NO_WORKBOOK", file=path)
    manifests = {manifest.file_id: manifest for manifest in read_manifests(installed.home)}
    repairs = [_read(installed, manifests, workbook) for workbook in workbooks]
    return [_send_in(installed.home, repair) for repair in repairs]


def sent_again(home: Home, file_id: str) -> frozenset[int]:
    """Numbers of the records of a file that have been sent in again."""
    return frozenset(n for noted in _notes(home, file_id).values() for n in noted)


@dataclass(frozen=True, slots=True)
class _Repair:
    """What one workbook holds: a file for the inbox, and which records it repairs."""

    workbook: str
    manifest: Manifest
    source: Source
    text: str
    numbers: tuple[int, ...]
    records: int


def _read(installed: Installed, manifests: dict[str, Manifest], path: Path) -> _Repair:
    header, rows = _rows(installed, path)
    if header[: len(LABELS)] != LABELS:
        raise UserError("returns.NOT_OURS", file=path.name)
    marks = [row[0].strip().rpartition("-") for row in rows if row[0].strip()]
    files = {file_id for file_id, _, _ in marks}
    is_sound = len(files) == 1 and all(number.isdecimal() for _, _, number in marks)
    manifest = manifests.get(next(iter(files))) if is_sound else None
    if manifest is None:
        raise UserError("returns.NOT_OURS", file=path.name)
    source = installed.sources.get(manifest.source)
    if source is None or source.shape is Shape.SNAPSHOT or source.format.form is not Form.TABLE:
        raise UserError("returns.WHOLE_ONLY", file=path.name, source=manifest.source)
    own = len(LABELS)
    return _Repair(
        workbook=path.name,
        manifest=manifest,
        source=source,
        text=_as_csv(source.format, header[own:], [row[own:] for row in rows]),
        numbers=tuple(sorted({int(number) for _, _, number in marks})),
        records=len(rows),
    )


def _rows(installed: Installed, path: Path) -> tuple[tuple[str, ...], list[list[str]]]:
    """Header and rows of a workbook that was out of the house, read where it can do no harm."""
    with trial_worker(installed.home, installed.settings) as worker:
        decoded = _read_sheet(worker, path, frozenset())
        # Once more, now that all columns are known: a cell that cannot be read is a fault in any.
        decoded = _read_sheet(worker, path, frozenset(map(comparable, decoded.header)))
        if decoded.refused_count:
            raise UserError("returns.BROKEN_ROWS", file=path.name, count=decoded.refused_count)
        with decoded.path.open(encoding="utf-8", newline="") as text:
            rows = [[unguarded(cell) for cell in row[1:]] for row in csv.reader(text)]
    return tuple(map(unguarded, decoded.header)), rows


def _read_sheet(worker: Worker, path: Path, known: frozenset[str]) -> Decoded:
    try:
        if kind_of(path, WORKBOOK_SUFFIX) is not Kind.WORKBOOK:
            raise UserError("returns.NOT_OURS", file=path.name)
        return read_sheet(worker.cage, path, AS_SENT, Names((), known), worker.scratch)
    except Refused as verdict:
        detail = verdict.detail
        raise UserError(f"ingest.{verdict.reason}", file=path.name, detail=detail) from None


def _as_csv(written: Format, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The rows as a file that the mapping reads, whatever it expects above them."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=written.delimiters[0], lineterminator="\r\n")
    nothing = [""] * len(header)
    for _ in range((written.header_row or 1) - 1):
        writer.writerow([REPAIRED, *nothing[1:]])
    writer.writerow(header)
    for _ in range(written.header_rows - 1):
        writer.writerow(nothing)  # the name above is the whole name
    writer.writerows(rows)
    return out.getvalue()


def _send_in(home: Home, repair: _Repair) -> Replayed:
    file_id = repair.manifest.file_id
    mark = hashlib.sha256(repair.text.encode()).hexdigest()[:MARK_LENGTH]
    name = f"{REPAIRED}_{file_id}_{mark}.csv"
    place = home.inbox / repair.source.name / name
    earlier = _notes(home, file_id)
    if name not in earlier:
        place.parent.mkdir(parents=True, exist_ok=True)
        # The note last: where a crash comes between, the same workbook can be sent in again.
        sidecar = place.with_name(place.name + SIDECAR_SUFFIX)
        write_durably(sidecar, _sidecar(repair.manifest, len(earlier) + 1))
        write_durably(place, repair.text)
        make_private_folder(_folder(home, file_id))
        write_durably(_folder(home, file_id) / f"{name}.json", json.dumps(repair.numbers))
    return Replayed(
        workbook=repair.workbook,
        place=place.relative_to(home.inbox).as_posix(),
        records=repair.records,
        is_new=name not in earlier,
    )


def _sidecar(manifest: Manifest, number: int) -> str:
    """What is said of a correction: all that was said of the file that it corrects."""
    facts = manifest.provenance
    said = {"sender": facts.sender_id} if facts.sender_id else {}
    if facts.as_of:
        said["as_of"] = (facts.as_of + number * STEP).isoformat(sep=" ")
    if facts.period_start and facts.period_end:
        said["start"] = facts.period_start.isoformat()
        said["end"] = (facts.period_end - timedelta(days=1)).isoformat()
    return yaml.safe_dump(said, allow_unicode=True, default_style='"')


def _folder(home: Home, file_id: str) -> Path:
    return home.vault / "returns" / file_id


def _notes(home: Home, file_id: str) -> dict[str, list[int]]:
    """The corrections of a file, by name, and the records that each repairs."""
    return dict(_read_notes(_folder(home, file_id)))


def _read_notes(folder: Path) -> Iterator[tuple[str, list[int]]]:
    for path in sorted(folder.glob("*.json")):
        yield path.stem, json.loads(path.read_text(encoding="utf-8"))
