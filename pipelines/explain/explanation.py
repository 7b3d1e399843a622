"""What stands behind a published figure, in one answer.

Everything but the record numbers is read from the release, so that any reader may ask. Of a hidden
figure it is told that it is hidden and what may hide a figure; nothing of its size, and no files of
its own. Record numbers need the warehouse of this home; they go into a file that only its owner can
read, never to the terminal.
"""

from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.answers import warehouse
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import Cell, Indicator
from pipelines.explain.figure import Address, Figure, find_figure
from pipelines.explain.records import TRACED, Definitions, trace_records
from pipelines.model.build import source_tables
from pipelines.privacy.policy import load_policy
from pipelines.publish.manifest import read_manifest
from pipelines.publish.pointer import Release, current_release
from pipelines.publish.query import open_release
from pipelines.publish.site.dictionary import records as rows_of
from pipelines.publish.verify import release_named
from pipelines.returns.place import fit_name, open_place, private_file
from pipelines.run import Installation, frame_of
from pipelines.settings import Home
from pipelines.spreadsheet import guarded_sql
from pipelines.words import UserError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure and what stands behind it.

    Attributes:
        figure: its full address.
        row: its row in `public.indicator_values`; of a hidden figure only what names it.
        hidden_by: the thresholds that may have hidden it, as in `policy.toml`; empty where it is
            shown.
        definition: its row in `dictionary.indicators`, the query as it ran among it.
        measure: its row in `dictionary.measures`.
        changes: dated changes of the definition, oldest first.
        rules: the rules in force in the period, from `dictionary.rule_calendar`.
        release: facts of the release, with `published_at`.
        exports: for each export behind it, how many offices sent how many files up to when.
        files: the list of the files behind it, with how many records of each count in it; empty
            where none was asked for or none is told.
        records: the list of those records by number.
        ends_at_files: tables of which the files are known, but not the records.
    """

    figure: str
    row: dict[str, Any]
    hidden_by: dict[str, int]
    definition: dict[str, Any]
    measure: dict[str, Any]
    changes: list[dict[str, Any]]
    rules: list[dict[str, Any]]
    release: dict[str, Any]
    exports: list[dict[str, Any]]
    files: str = ""
    records: str = ""
    ends_at_files: tuple[str, ...] = field(default=())

    def facts(self) -> dict[str, Any]:
        """All of it, for a program."""
        return asdict(self)


def explain(home: Home, text: str, release_id: str = "", folder: Path | None = None) -> Explanation:
    """Trace a published figure.

    Args:
        home: the installation.
        text: the address of the figure (see `figure`).
        release_id: of the release that it stands in; the current one where empty.
        folder: where the file of record numbers goes, closed to others; no file where None.

    Raises:
        UserError: there is no such release or figure, or the record numbers cannot be told: the
            warehouse is not there or has moved on, or the folder is open to others.
    """
    installation = Installation.at(home.root)
    release = release_named(home, release_id) if release_id else current_release(home)
    if release is None:
        raise UserError("release.NONE_YET")
    with open_release(release, installation.settings) as con:
        figure = find_figure(con, release.id, Address.read(text))
        told = _read_release(con, release, figure)
        told["exports"] = _exports(con, installation, figure)
    if figure.is_hidden:
        told["hidden_by"] = _thresholds(installation, figure)
    elif folder and figure.is_shown:
        told |= _write_records(installation, figure, folder)
    return Explanation(figure.address, **told)


def _read_release(
    con: duckdb.DuckDBPyConnection, release: Release, figure: Figure
) -> dict[str, Any]:
    """What the release says of a figure and its indicator."""
    name, measure = figure.row["indicator"], figure.row["measure"]

    def own(table: str, order: str) -> list[dict[str, Any]]:
        return [r for r in rows_of(con, "dictionary", table, order) if r["indicator"] == name]

    rules = str(figure.row["rule_id"] or "").split()
    [facts] = rows_of(con, "public", "release", "release")
    published = (read_manifest(release.folder) or {}).get("published_at", "")
    return {
        "row": figure.told,
        "hidden_by": {},
        "definition": own("indicators", "indicator")[0],
        "measure": next(m for m in own("measures", "position") if m["measure"] == measure),
        "changes": own("changes", "position"),
        "rules": [
            rule
            for rule in rows_of(con, "dictionary", "rule_calendar", "valid_from, rule_id")
            if rule["rule_id"] in rules and not figure.is_hidden
        ],
        "release": facts | {"published_at": published},
    }


def _exports(
    con: duckdb.DuckDBPyConnection, installation: Installation, figure: Figure
) -> list[dict[str, Any]]:
    """The exports behind the figures of an indicator, as `quality.files` has them."""
    indicator = installation.indicators.get(figure.row["indicator"])
    if indicator is None:
        return []
    frame = Frame(date.max, table_sources=source_tables(installation.tables))
    found = con.execute(
        """
        select
            source, table_name, count(distinct sender_id) as sender_count,
            cast(sum(file_count) as bigint) as file_count,
            min(last_as_of) as earliest_as_of, max(last_as_of) as latest_as_of
        from quality.files
        where list_contains(?, table_name)
        group by source, table_name
        order by table_name, source
        """,
        [frame.sources_of(indicator)],
    )
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _thresholds(installation: Installation, figure: Figure) -> dict[str, int]:
    """What may hide a figure of this kind; which of it did is told of none."""
    policy = load_policy(installation.settings.disclosure)
    indicator = installation.indicators.get(figure.row["indicator"])
    names = ["k", "rate_min_denominator"]
    if indicator and indicator.cell is Cell.CURVE:
        names += ["curve_min_units", "curve_min_events"]
    return {name: getattr(policy, name) for name in names}


def _write_records(installation: Installation, figure: Figure, folder: Path) -> dict[str, Any]:
    """Write the record numbers of a figure, for the owner of the home only."""
    indicator = installation.indicators.get(figure.row["indicator"])
    if indicator is None or not indicator.query:
        raise UserError("explain.NO_QUERY", figure=figure.address, sources=_stands_on(indicator))
    name = fit_name(figure.address)
    place = open_place(installation.home, folder)
    lists = {part: place / f"{name}_{part}.csv" for part in _LISTS}
    with warehouse(installation.home) as con:
        defined = Definitions(installation.tables, indicator, frame_of(con, installation))
        ends = trace_records(con, defined, figure)
        for part, path in lists.items():
            _write_csv(con, _LISTS[part], path)
    return {part: str(path) for part, path in lists.items()} | {"ends_at_files": ends}


def _stands_on(indicator: Indicator | None) -> str:
    return ", ".join(indicator.derived_from) if indicator else "-"


_FILE = f"""
    table_name as "table", {guarded_sql("files.name")} as file, file_id,
    {guarded_sql("files.sender_id")} as sender, strftime(files.as_of, '%Y-%m-%d %H:%M:%S') as as_of
"""
_LISTS = {
    "files": f"""
        select
            {_FILE}, files.records as records_in_file,
            nullif(count(distinct record_no), 0) as records_counted
        from {TRACED}
        inner join ops.files as files using (file_id, table_name)
        group by table_name, files.name, file_id, files.sender_id, files.as_of, files.records
        order by "table", file, file_id
    """,
    "records": f"""
        select distinct {_FILE}, record_no
        from {TRACED}
        inner join ops.files as files using (file_id, table_name)
        where record_no is not null
        order by "table", file, file_id, record_no
    """,
}


def _write_csv(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    from pyarrow import csv  # noqa: PLC0415 - heavy

    batches = con.sql(query).to_arrow_reader()
    with private_file(path) as file:
        file.write(BYTE_ORDER_MARK)
        with csv.CSVWriter(file, batches.schema) as writer:
            for batch in batches:
                writer.write(batch)
