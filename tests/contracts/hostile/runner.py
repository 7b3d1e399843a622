"""Runs hostile inputs through landing and acceptance and says what became of them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import duckdb

from pipelines.ingest.landing import build_landing
from pipelines.ingest.manifest import read_manifests
from pipelines.ingest.receipts import Receipt
from pipelines.ingest.reference import load_reference
from pipelines.ingest.staging import open_staging, rebuild_staging
from pipelines.ingest.vault import LandReport
from pipelines.settings import Home, Settings
from pipelines.validate.accept import accept_rows
from tests.contracts.hostile.case import Case, Decision
from tests.unit.ingest.world import World

SETTINGS = Settings(threads=1, memory_limit="512MB", region_set="fictional")
FATES = ("records", "current", "superseded", "duplicate", "quarantined")

Codes = dict[tuple[str, int], set[str]]


@dataclass(slots=True)
class Outcome:
    """What became of the files of one sender; files are named as they lie in the folder.

    Attributes:
        held: files that are still written.
        known: files whose bytes another file had brought.
        refused: reason codes by file.
        fates: how many records of each file and table have each of `FATES`.
        errors: reason codes by file and record, of the table that counts the records.
        step_errors: the same of the steps made from the dates of records.
        remarks: codes of all warnings, about files and about records.
        stops: checks that stop publication.
        values: what the records that count say, by file and record.
    """

    held: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    fates: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    errors: Codes = field(default_factory=lambda: defaultdict(set))
    step_errors: Codes = field(default_factory=lambda: defaultdict(set))
    remarks: set[str] = field(default_factory=set)
    stops: set[str] = field(default_factory=set)
    values: dict[tuple[str, int], dict[str, str | None]] = field(default_factory=dict)

    @property
    def decision(self) -> Decision:
        """The outcome as a whole; whether a warning was due is not said here."""
        if self.held:
            return Decision.HOLD
        if self.refused:
            return Decision.REJECT
        if not self.fates:
            return Decision.IGNORE
        if self.known:
            return Decision.DUPLICATE
        return Decision.PARTIAL if self.errors or self.step_errors else Decision.ACCEPT

    def total(self, table: str, fate: str) -> int:
        """How many records of all files have this fate in a table."""
        return sum(counts[fate] for (_, name), counts in self.fates.items() if name == table)


@dataclass(frozen=True, slots=True)
class Run:
    """All that one run of landing and acceptance told.

    Attributes:
        report: of landing.
        receipts: of the files in the vault.
    """

    world: World
    report: LandReport
    receipts: list[Receipt]

    def outcome(self, case: Case) -> Outcome:
        """What became of the files of one input."""
        folder = f"{case.mapping.name}/{case.id}/"
        found = Outcome(
            held=_below(folder, self.report.held),
            known=_below(folder, self.report.known),
            refused={
                name: r.reason for r in self.report.refused for name in _below(folder, [r.name])
            },
        )
        files = {
            manifest.file_id: name
            for manifest in read_manifests(self.world.home)
            for name in _below(folder, [manifest.stated_by])
        }
        for receipt in self.receipts:
            if receipt.file_id in files and receipt.refusal:
                found.refused[files[receipt.file_id]] = receipt.refusal
        if any(receipt.landed for receipt in self.receipts):
            table = self.world.sources[case.mapping.name].table
            with open_staging(self.world.home, self.world.settings) as con:
                _tell(con, found, files, table)
        return found


def new_world(home: Home, cases: Iterable[Case]) -> World:
    """An empty installation that knows the mappings of these inputs, which are dropped."""
    world = World(home, settings=SETTINGS)
    for case in cases:
        world.mapping(case.mapping.text, case.mapping.name)
        case.write(home.inbox / case.mapping.name / case.id)
    return world


def run(world: World) -> Run:
    """Land what was dropped and judge all of it."""
    report = world.land()
    receipts = build_landing(world.home, world.settings, world.sources, world.tables)
    rebuild_staging(world.home, world.settings, world.tables)
    if any(receipt.landed for receipt in receipts):
        with open_staging(world.home, world.settings) as con:
            con.begin()  # one wait for the disk, not one for each statement
            load_reference(con, world.home, world.settings, world.tables)
            accept_rows(con, world.tables)
            con.commit()
    return Run(world, report, receipts)


def _below(folder: str, names: Iterable[str]) -> set[str]:
    return {name.removeprefix(folder) for name in names if name.startswith(folder)}


def _tell(
    con: duckdb.DuckDBPyConnection, found: Outcome, files: dict[str, str], table: str
) -> None:
    """Read what acceptance wrote about these files."""
    for file_id, of_table, *counts in con.execute(
        f"select file_id, table_name, records, {', '.join(f'{f}_count' for f in FATES[1:])} "
        "from quarantine.fates"
    ).fetchall():
        if file_id in files:
            found.fates[files[file_id], of_table] = dict(zip(FATES, counts, strict=True))
    for file_id, of_table, number, code, severity in con.execute(
        "select file_id, table_name, record_no, reason_code, severity from quarantine.records"
    ).fetchall():
        if file_id not in files:
            continue
        if severity == "warning":
            found.remarks.add(code)
        else:
            errors = found.errors if of_table == table else found.step_errors
            errors[files[file_id], number].add(code)
    for file_id, code in con.execute(
        "select file_id, reason_code from ops.file_findings where severity = 'warning'"
    ).fetchall():
        if file_id in files:
            found.remarks.add(code)
    found.stops = {
        check
        for (check,) in con.execute(
            "select check_id from ops.checks where severity = 'block' and not passed"
        ).fetchall()
    }
    rows = con.execute(f"select * from model.{table}")
    columns = [name for name, *_ in rows.description]
    for row in rows.fetchall():
        told = dict(zip(columns, row, strict=True))
        if told["file_id"] in files:
            found.values[files[told["file_id"]], told["record_no"]] = {
                name: None if value is None else str(value) for name, value in told.items()
            }
