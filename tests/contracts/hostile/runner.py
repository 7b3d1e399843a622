"""Runs hostile inputs through landing and acceptance and says what became of them."""

import shutil
from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from pipelines.contract import load_tables
from pipelines.ingest.landing import build_landing
from pipelines.ingest.manifest import read_manifests
from pipelines.ingest.receipts import Receipt
from pipelines.ingest.reference import load_reference
from pipelines.ingest.staging import open_staging, rebuild_staging
from pipelines.ingest.vault import LandReport
from pipelines.settings import PACKAGE, SHIPPED_REFERENCE, Home, Settings
from pipelines.validate.accept import accept_rows
from tests.contracts.hostile.case import Case, Decision
from tests.unit.ingest.world import World

# The day's totals are no table of ours; their contract shows that a table is a file and no code.
TABLES = load_tables(PACKAGE / "model") | load_tables(Path(__file__).with_name("contracts"))
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
        fates: file, table, and how many of its records have each of `FATES`.
        errors: reason codes by file and record, of the table that counts the records.
        step_errors: the same of the steps made from the dates of records.
        remarks: codes of all warnings, about files and about records.
        stops: checks that stop publication.
        steps: kinds of the steps that count.
        values: what the records that count say, by file and record.
    """

    held: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    fates: list[tuple[str, str, dict[str, int]]] = field(default_factory=list)
    errors: Codes = field(default_factory=lambda: defaultdict(set))
    step_errors: Codes = field(default_factory=lambda: defaultdict(set))
    remarks: set[str] = field(default_factory=set)
    stops: set[str] = field(default_factory=set)
    steps: set[str] = field(default_factory=set)
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
        return sum(counts[fate] for _, name, counts in self.fates if name == table)


@dataclass(frozen=True, slots=True)
class Run:
    """All that landing and acceptance told, at last.

    Attributes:
        report: of the last landing.
        landed: names that an earlier landing had taken.
        receipts: of the files in the vault.
    """

    world: World
    report: LandReport
    landed: frozenset[str]
    receipts: list[Receipt]

    def outcome(self, case: Case) -> Outcome:
        """What became of the files of one input."""
        inside = Inside(tuple(f"{mapping.name}/{case.id}/" for mapping in case.mappings))
        found = Outcome(
            held=inside.names(self.report.held),
            known=inside.names(set(self.report.known) - self.landed),
            refused={n: r.reason for r in self.report.refused for n in inside.names([r.name])},
        )
        files = {
            manifest.file_id: name
            for manifest in read_manifests(self.world.home)
            for name in inside.names([manifest.stated_by])
        }
        for receipt in self.receipts:
            if receipt.file_id in files and receipt.refusal:
                found.refused[files[receipt.file_id]] = receipt.refusal
        if any(receipt.landed for receipt in self.receipts):
            table = self.world.sources[case.mapping.name].table
            with open_staging(self.world.home, self.world.settings) as con:
                _tell(con, found, files, table)
        return found


@dataclass(frozen=True, slots=True)
class Inside:
    """The folders of one sender, one for each mapping."""

    folders: tuple[str, ...]

    def names(self, names: Iterable[str]) -> set[str]:
        """Those names that lie in the folders, as they lie there."""
        return {
            name.removeprefix(folder)
            for name in names
            for folder in self.folders
            if name.startswith(folder)
        }


def new_world(home: Home, cases: Iterable[Case]) -> World:
    """An empty installation that knows the mappings of these inputs, which are dropped.

    Those around which something goes on are dropped by `run`.
    """
    world = World(home, settings=SETTINGS, tables=TABLES)
    home.reference.mkdir(parents=True)
    shutil.copy(SHIPPED_REFERENCE / "fictional" / "offices.csv", home.reference)
    for case in cases:
        for mapping in case.mappings:
            world.mapping(mapping.text, mapping.name)
        if not case.around:
            case.drop(home.inbox)
    return world


def run(world: World, cases: Collection[Case]) -> Run:
    """Land what was dropped and judge all of it; then what arrives later."""
    landed: frozenset[str] = frozenset()
    late = [case for case in cases if case.later]
    if late:
        landed = frozenset(_run(world, frozenset()).report.new)
        for case in late:
            case.drop_later(world.home.inbox)
    with ExitStack() as stack:
        for case in cases:
            if case.around:
                case.drop(world.home.inbox)
                folder = world.home.inbox / case.mapping.name / case.id
                stack.enter_context(case.around(folder))
        return _run(world, landed)


def _run(world: World, landed: frozenset[str]) -> Run:
    report = world.land()
    receipts = build_landing(world.home, world.settings, world.sources, world.tables)
    rebuild_staging(world.home, world.settings, world.tables)
    if any(receipt.landed for receipt in receipts):
        with open_staging(world.home, world.settings) as con:
            con.begin()  # one wait for the disk, not one for each statement
            load_reference(con, world.home, world.settings, world.tables)
            accept_rows(con, world.tables)
            con.commit()
    return Run(world, report, landed, receipts)


def _tell(
    con: duckdb.DuckDBPyConnection, found: Outcome, files: dict[str, str], table: str
) -> None:
    """Read what acceptance wrote about these files, whose table is `table`."""

    def told(columns: str, source: str) -> list[tuple[Any, ...]]:
        query = f"select {columns} from {source} where list_contains(?, file_id)"
        return con.execute(query, [list(files)]).fetchall()

    counts = ", ".join(f"{fate}_count" for fate in FATES[1:])
    for file_id, of_table, *numbers in told(
        f"file_id, table_name, records, {counts}", "quarantine.fates"
    ):
        of_file = dict(zip(FATES, numbers, strict=True))
        found.fates.append((files[file_id], of_table, of_file))
    for file_id, of_table, number, code, severity in told(
        "file_id, table_name, record_no, reason_code, severity", "quarantine.records"
    ):
        if severity == "warning":
            found.remarks.add(code)
        else:
            errors = found.errors if of_table == table else found.step_errors
            errors[files[file_id], number].add(code)
    for place in found.errors:
        found.step_errors.pop(place, None)  # the steps of a record that is out belong to nothing
    # A remark that holds the publication is listed as an error until somebody has looked at it.
    findings = {code for (code,) in told("reason_code", "ops.file_findings")}
    found.remarks |= {code for code in findings if code.startswith("W_")}
    found.steps = {kind for (kind,) in told("distinct event_type", "model.case_events")}
    columns = [name for name, *_ in con.execute(f"describe model.{table}").fetchall()]
    for row in told(", ".join(columns), f"model.{table}"):
        said = dict(zip(columns, row, strict=True))
        found.values[files[said["file_id"]], said["record_no"]] = {
            name: None if value is None else str(value) for name, value in said.items()
        }
    found.stops = {
        check
        for (check,) in con.execute(
            "select check_id from ops.checks where severity = 'block' and not passed"
        ).fetchall()
    }
