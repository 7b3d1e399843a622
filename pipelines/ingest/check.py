"""A trial of one file against one mapping, for whoever writes mappings: nothing is kept.

The file is read exactly as a run would read it. The report says for each column how much of it
could be read, what its texts look like and what is wrong; it never shows a value.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import cast

from pipelines.contract import Severity, load_tables
from pipelines.ingest import statements, texts
from pipelines.ingest.decoded import Original
from pipelines.ingest.inbox import printable
from pipelines.ingest.manifest import Manifest
from pipelines.ingest.namesakes import namesakes
from pipelines.ingest.personal import is_personal
from pipelines.ingest.plan import Plan
from pipelines.ingest.provenance import SIDECAR_SUFFIX, Provenance
from pipelines.ingest.reasons import Refused, Remark, refusal_sentence, remedy
from pipelines.ingest.records import Typed, Worker
from pipelines.ingest.shapes import shapes_of
from pipelines.ingest.source import Source
from pipelines.ingest.trial import trial_worker
from pipelines.settings import PACKAGE, Home, Settings
from pipelines.words import Lang, UserError, say

NO_HASH = "0" * 64
DROPPED = "–"
HEADER_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Trouble:
    """A reason code and how many records it concerns."""

    reason: str
    count: int
    is_error: bool

    def sentence(self, lang: Lang) -> str:
        """What is wrong, in the language asked for."""
        what = say(f"ingest.{self.reason}", lang) + remedy(self.reason, lang)
        return say("ingest.TROUBLE", lang, reason=self.reason, count=f"{self.count:,}", what=what)


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """What became of one column.

    Attributes:
        header: its name in the mapping; empty for what concerns whole records; of columns that the
            mapping does not list, what the file calls them, a line each.
        target: the column that it fills, as the mapping writes it.
        filled: records in which something is written.
        parsed: those of them that could be read.
        troubles: what is wrong.
        shapes: what its texts look like (`shapes.py`); none for columns that are not taken.
    """

    header: str
    target: str
    filled: int
    parsed: int
    troubles: tuple[Trouble, ...] = ()
    shapes: tuple[str, ...] = ()

    @property
    def parsed_share(self) -> float | None:
        """Share of what is written that could be read, 0 to 1; none where nothing is written."""
        return self.parsed / self.filled if self.filled else None


@dataclass(frozen=True, slots=True)
class SourceReport:
    """The outcome of a trial.

    Attributes:
        file: name of the file.
        records: records found in it.
        refused_count: records that would be refused.
        reader: how it was read.
        encoding: its encoding; empty for workbooks.
        provenance: sender, extract moment and period; none where they cannot be told.
        columns: one report for each column of the mapping, then one for whole records.
        refusals: reason and detail of what would have the whole file refused.
    """

    file: str
    records: int = 0
    refused_count: int = 0
    reader: str = ""
    encoding: str = ""
    provenance: Provenance | None = None
    columns: tuple[ColumnReport, ...] = ()
    refusals: tuple[tuple[str, str], ...] = ()

    @property
    def has_errors(self) -> bool:
        """Whether the file, or any record of it, would be refused."""
        return bool(self.refusals or self.refused_count)

    def rows(self, lang: Lang) -> Iterator[tuple[str, str, str, str, str]]:
        """Column, target, share that could be read, shapes and what is wrong, for a screen."""
        for reason, detail in self.refusals:
            sentence = refusal_sentence(reason, lang, file=self.file, detail=detail)
            yield "", "", "", "", sentence + remedy(reason, lang, detail)
        for column in self.columns:
            share = column.parsed_share
            yield (
                column.header,
                column.target,
                "" if share is None else f"{share:.1%}",
                "\n".join(column.shapes),
                "\n".join(trouble.sentence(lang) for trouble in column.troubles),
            )


def check_source(home: Home, settings: Settings, source: Source, path: Path) -> SourceReport:
    """Try a mapping on a file.

    Args:
        home: the installation; a scratch folder in its vault is used and removed.
        settings: zone and memory.
        source: the mapping.
        path: the file, anywhere.

    Raises:
        UserError: there is no such file.
    """
    if not path.is_file():
        raise UserError("ingest.CHECK_FILE", file=path)
    provenance, refusals = _provenance(source, path, settings.zone, namesakes(home, settings))
    stand_in = provenance or Provenance("", datetime.fromisoformat("9999-12-31"))
    manifest = Manifest(NO_HASH, 0, (path.name,), path.name, source.name, stand_in, None)
    report = SourceReport(path.name, provenance=provenance, refusals=refusals)
    try:
        with trial_worker(home, settings) as worker:
            tables = load_tables(PACKAGE / "model")
            original = Original(path, path.name)
            typed = worker.read(original, manifest, source, tables, settings.zone)
            return _report(worker, typed, report)
    except Refused as verdict:
        more = (verdict.reason, verdict.detail)
        return replace(report, refusals=(*refusals, more))


def _provenance(
    source: Source, path: Path, zone: str, places: frozenset[str]
) -> tuple[Provenance | None, tuple[tuple[str, str], ...]]:
    sidecar = None
    with suppress(OSError, UnicodeDecodeError):
        sidecar = path.with_name(path.name + SIDECAR_SUFFIX).read_text(encoding="utf-8-sig")
    try:
        # A file on trial may lie anywhere; its own folder stands for the one in the inbox.
        return Provenance.of(source, f"{path.parent.name}/{path.name}", sidecar, zone, places), ()
    except Refused as verdict:
        return None, ((verdict.reason, verdict.detail),)


def _report(worker: Worker, typed: Typed, report: SourceReport) -> SourceReport:
    plan, decoded = typed.plan, typed.plan.reading.decoded
    counts = worker.con.execute(statements.problem_counts_sql(plan)).fetchone() or ()
    filled = worker.con.execute(statements.filled_counts_sql(plan)).fetchone() or ()
    troubles: dict[str, list[Trouble]] = {}
    for problem, count in zip(plan.problems, cast("tuple[int, ...]", counts), strict=True):
        if count:
            is_error = problem.severity is Severity.ERROR
            troubles.setdefault(problem.column, []).append(
                Trouble(problem.reason, count, is_error=is_error)
            )
    shapes = shapes_of(worker.con, plan)
    columns = [
        replace(column, shapes=shapes.get(column.header, ()))
        for column in _columns(plan, cast("tuple[int, ...]", filled), troubles)
    ]
    if decoded.refused:
        rows = worker.con.execute(
            f"select reason_code, count(*) from {texts.read_refused_sql(decoded.refused)} "
            "group by reason_code order by reason_code"
        ).fetchall()
        whole = tuple(Trouble(reason, count, is_error=True) for reason, count in rows)
        columns.append(ColumnReport("", "", 0, 0, whole))
    remarks = [("", remark, count) for remark, count in decoded.remarks]
    if count := plan.reading.layout.unknown_count:
        remarks.append((_unlisted(plan, worker.places), Remark.COLUMN_UNKNOWN, count))
    for headers, remark, count in remarks:
        told = Trouble(remark, count, is_error=False)
        columns.append(ColumnReport(headers, DROPPED, 0, 0, (told,)))
    return replace(
        report,
        records=typed.records,
        refused_count=typed.refused_count,
        reader=decoded.reader,
        encoding=decoded.encoding,
        columns=tuple(columns),
    )


def _unlisted(plan: Plan, places: Collection[str]) -> str:
    """The headers that the mapping does not list, a line each; none that may be of a person.

    Only whoever writes the mapping sees them: a header may say anything, so no receipt repeats it.
    """
    reading = plan.reading
    mapped = {place for _, place in reading.layout.places}
    return "\n".join(
        printable(header[:HEADER_CHARACTERS])
        for place, header in enumerate(reading.decoded.header)
        if place not in mapped and header and not is_personal(header, places)
    )


def _columns(
    plan: Plan, filled: tuple[int, ...], troubles: dict[str, list[Trouble]]
) -> Iterator[ColumnReport]:
    places = {column.header: place for column, place in plan.reading.layout.places}
    for column in plan.reading.source.columns:
        if column.header not in places:
            if column.is_taken:
                missing = Trouble(Remark.COLUMN_MISSING, 1, is_error=False)
                yield ColumnReport(column.header, column.words, 0, 0, (missing,))
            continue
        found = tuple(troubles.get(column.words, ()))
        count = filled[places[column.header]]
        bad = sum(t.count for t in found if t.reason != "E_REQUIRED")
        target = column.words or DROPPED
        yield ColumnReport(column.header, target, count, count - min(bad, count), found)
