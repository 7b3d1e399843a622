"""Returns: for each office a folder with its refused records and a note, and nothing of others.

Made inside the vault's tier, from what the last run refused and from the originals.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath

import duckdb

from pipelines.ingest.durable import make_private_folder
from pipelines.ingest.manifest import Manifest, read_manifests
from pipelines.ingest.reasons import FileReason, Refused
from pipelines.ingest.receipts import read_receipt
from pipelines.ingest.records import Worker
from pipelines.ingest.trial import trial_worker
from pipelines.returns.note import read_note, read_senders
from pipelines.returns.place import fit_name, open_place, private_file
from pipelines.returns.records import (
    Faults,
    Installed,
    Reopened,
    Returned,
    list_faults,
    reopen,
)
from pipelines.returns.replay import sent_again
from pipelines.returns.workbook import MOST_ROWS, write_workbook
from pipelines.settings import Home
from pipelines.words import UserError

NOTE_NAME = "回执.txt"


@dataclass(slots=True)
class Return:
    """What goes back to one office.

    Attributes:
        sender: the office.
        folder: where it lies.
        workbooks: file and number of records of each workbook.
        reasons: reason codes of the records, with how many have each.
        left_out: files whose records cannot be looked up: their mapping is gone or has changed.
    """

    sender: str
    folder: Path
    workbooks: list[tuple[Path, int]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter[str])

    @property
    def records(self) -> int:
        """Records in all workbooks."""
        return sum(count for _, count in self.workbooks)


def export_returns(
    con: duckdb.DuckDBPyConnection, installed: Installed, folder: Path, only: str = ""
) -> list[Return]:
    """Write a folder for each office, in order.

    Args:
        con: the staging database of the last run.
        installed: the installation.
        folder: where the offices' folders go; closed to others.
        only: the one office wanted; all of them where empty.

    Raises:
        UserError: the folder may be read by others, or no such office is known.
    """
    returns = _Returns(open_place(installed.home, folder), only)
    manifests = {manifest.file_id: manifest for manifest in read_manifests(installed.home)}
    with trial_worker(installed.home, installed.settings) as worker:
        for file_id, faults in list_faults(con).items():
            repaired = sent_again(installed.home, file_id)
            waiting = {n: faults[n] for n in sorted(faults) if n not in repaired}
            manifest = manifests.get(file_id)
            if manifest and waiting and only in {"", *filter(None, [_sender(manifest)])}:
                _return_file(returns, installed, worker, manifest, waiting)
    known = {*read_senders(con), *installed.settings.expected_offices}
    known |= {_sender(manifest) for manifest in manifests.values()} - {""}
    for sender in sorted(known):
        returns.of(sender)
    if only and not returns.by_sender:
        raise UserError("returns.UNKNOWN_SENDER", sender=only)
    for sender, made in returns.by_sender.items():
        turned_away = _turned_away(installed.home, sender, manifests.values())
        note = read_note(con, sender, turned_away, made.reasons, made.records)
        with private_file(made.folder / NOTE_NAME) as file:
            file.write(note.text(installed.sources).encode())
    return sorted(returns.by_sender.values(), key=lambda made: made.sender)


class _Returns:
    """The offices' folders, made when they are needed."""

    def __init__(self, place: Path, only: str) -> None:
        self._place, self._only = place, only
        self.by_sender: dict[str, Return] = {}

    def of(self, sender: str) -> Return | None:
        """The folder of an office; none for an office that is not wanted, or for nobody."""
        if not sender or (self._only and sender != self._only):
            return None
        if sender not in self.by_sender:
            folder = self._place / fit_name(sender)
            make_private_folder(folder)
            self.by_sender[sender] = Return(sender, folder)
        return self.by_sender[sender]


def _sender(manifest: Manifest) -> str:
    """The office that sent a file; empty where each record names its own."""
    return manifest.provenance.sender_id


def _return_file(
    returns: _Returns, installed: Installed, worker: Worker, manifest: Manifest, faults: Faults
) -> None:
    """Write the workbooks of one file: one, or one for each office that it is from."""
    source = installed.sources.get(manifest.source)
    name = PurePosixPath(manifest.stated_by).name
    by_sender: dict[str, list[Returned]] = {}
    try:
        if source is None:
            raise Refused(FileReason.TYPE)  # noqa: TRY301 - one way out for what cannot be read
        found = reopen(installed, worker, manifest, source, faults)
        for record in islice(found.records, MOST_ROWS):
            by_sender.setdefault(_sender_of(record, found, manifest), []).append(record)
    except Refused:
        if made := returns.of(_sender(manifest)):
            made.left_out.append(name)
        return
    for sender, records in by_sender.items():
        if made := returns.of(sender):
            path = made.folder / f"{fit_name(Path(name).stem)}_退回_{manifest.file_id}.xlsx"
            with private_file(path) as target:
                write_workbook(target, manifest.file_id, found.header, records)
            made.workbooks.append((path, len(records)))
            made.reasons.update(reason for record in records for reason in record.reasons)


def _sender_of(record: Returned, found: Reopened, manifest: Manifest) -> str:
    """The office of a record; empty, and so returned to nobody, where it names none."""
    if found.sender_place is None:
        return _sender(manifest)
    named = record.cells[found.sender_place : found.sender_place + 1]
    is_whole = len(record.cells) == len(found.header)
    return named[0].strip() if named and is_whole else ""


def _turned_away(
    home: Home, sender: str, manifests: Iterable[Manifest]
) -> tuple[tuple[str, str, str, str], ...]:
    found = (
        (
            PurePosixPath(manifest.stated_by).name,
            manifest.source,
            receipt.refusal,
            receipt.detail,
        )
        for manifest in manifests
        if _sender(manifest) == sender and (receipt := read_receipt(home, manifest.sha256))
        if receipt.refusal
    )
    return tuple(sorted(found))
