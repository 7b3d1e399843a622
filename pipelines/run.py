"""The steps of a run, as plain functions that work without Dagster.

`Installation` is everything a step needs to know; each step reads what the steps before it left in
the home folder and returns counts, never rows. The order of the steps and what passes between them
is decided here; who starts them (`definitions.py`, the command line, a test) is not.
"""

from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Self

import duckdb

from pipelines.alerts import load_alerts, note_run
from pipelines.backend import Backend, BackendError, DuckDB
from pipelines.bulletins.published import load_published
from pipelines.bulletins.verdicts import compare_published
from pipelines.contract import Severity, Table, load_tables
from pipelines.engine.compute import compute_indicator, prepare
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import Cell, Indicator, load_indicators
from pipelines.estimates.table import CHECKS as ESTIMATES_CHECKS
from pipelines.estimates.table import check_estimates
from pipelines.ingest.landing import build_landing
from pipelines.ingest.manifest import read_manifests
from pipelines.ingest.mapping import Source, load_sources
from pipelines.ingest.reference import load_reference, load_series_breaks
from pipelines.ingest.source import Places, Vintage
from pipelines.ingest.staging import open_staging, rebuild_staging
from pipelines.ingest.turned_away import list_turned_away
from pipelines.ingest.vault import LandReport, land
from pipelines.model.build import build_model, source_tables
from pipelines.privacy.gate import CHECK as GATE_CHECK
from pipelines.privacy.gate import apply_gate
from pipelines.privacy.policy import load_policy
from pipelines.privacy.pseudonyms import open_key
from pipelines.publish.documents import Facts
from pipelines.publish.frozen import VALUES, Freeze, freeze, keep_estimates, published_before
from pipelines.publish.pointer import Release, current_release
from pipelines.publish.printed import write_published
from pipelines.publish.proof import seal
from pipelines.publish.quality import write_quality
from pipelines.publish.release import Edition, publish
from pipelines.publish.site.build import build_site
from pipelines.publish.state import InputState, input_state, is_current, with_originals
from pipelines.publish.vintages import write_vintages
from pipelines.settings import DUCKDB, PACKAGE, Home, Settings
from pipelines.validate.accept import accept_rows
from pipelines.validate.checks import Check, record_checks
from pipelines.validate.decisions import Decisions
from pipelines.validate.suite import run_suites
from pipelines.validate.totals import check_totals, required_checks
from pipelines.words import UserError

Counts = dict[str, int]

UNGATED = "indicators.indicator_values"
VERDICTS = "ops.published_verdicts"


@dataclass(slots=True)
class Installation:
    """One home folder with its decisions and the definitions that its run uses.

    `land_report` is what landing found, so that a run lands once, and `state` what the run is made
    from: whatever changes after that is news for the next run. `notices` are keys of sentences
    that the person who started the run should read. `on_step` is told the name of
    each step as it begins; the command line draws its progress bar from it.
    """

    home: Home
    settings: Settings
    tables: dict[str, Table]
    sources: dict[str, Source]
    indicators: dict[str, Indicator]
    revise: bool = False
    land_report: LandReport | None = None
    state: InputState | None = None
    notices: tuple[str, ...] = ()
    on_step: Callable[[str], None] = field(default=lambda _: None)

    @classmethod
    def at(cls, root: Path | None = None, *, revise: bool = False) -> Self:
        """Load the definitions for the home folder `root` (see `Home.at`).

        Raises:
            ContractError, UserError: a definition cannot be used.
        """
        home, tables = Home.at(root), load_tables(PACKAGE / "model")
        return cls(
            home=home,
            settings=Settings.load(home),
            tables=tables,
            sources=load_sources(home, tables),
            indicators=load_indicators(PACKAGE / "indicators"),
            revise=revise,
        )

    @contextmanager
    def staging(self) -> Generator[duckdb.DuckDBPyConnection]:
        """The staging database, closed again at the end of the block."""
        con = open_staging(self.home, self.settings)
        try:
            yield con
        finally:
            con.close()

    @contextmanager
    def backend(self) -> Generator[Backend]:
        """Who runs the heavy queries of a step, as `engine` in the settings names it.

        Raises:
            UserError: the cluster does not answer, or cannot run a query.
        """
        address = self.settings.engine
        if address == DUCKDB:
            yield DuckDB()
            return
        from pipelines.backend.spark import Spark  # noqa: PLC0415 - an optional extra

        try:
            with Spark(address, self.home.warehouse / "cluster") as backend:
                yield backend
        except BackendError as error:
            raise UserError("model.CLUSTER", engine=address, reason=error) from None


def land_files(installation: Installation) -> LandReport:
    """Copy what is new in the inbox into the vault, once a run."""
    if installation.land_report is None:
        home, settings = installation.home, installation.settings
        key = open_key(home)
        before = input_state(home, settings, key)
        installation.land_report = land(home, settings, installation.sources)
        installation.state = with_originals(before, home, key)
        note_run(home)
    return installation.land_report


def demand_originals(home: Home, inbox: Path) -> None:
    """Refuse a run of which nothing could come.

    Raises:
        UserError: no export has ever been taken.
    """
    if not any(read_manifests(home)):
        raise UserError("cli.NOTHING_CAME", file=inbox)


def what_is_current(installation: Installation) -> Release | None:
    """The current release, if everything it was made from is as it was; call it after landing."""
    if is_current(installation.home, _state(installation)):
        return current_release(installation.home)
    return None


def _state(installation: Installation) -> InputState:
    """What the run is made from; the present state where a step runs by itself."""
    home = installation.home
    return installation.state or input_state(home, installation.settings, open_key(home))


def parse_files(installation: Installation) -> Counts:
    """Decode, map and pseudonymise what is new, and begin a new staging database."""
    home, settings, tables = installation.home, installation.settings, installation.tables
    receipts = build_landing(home, settings, installation.sources, tables)
    list_turned_away(home, land_files(installation))
    rebuild_staging(home, settings, tables)
    return {"files": len(receipts), "records": sum(receipt.records for receipt in receipts)}


def accept_records(installation: Installation) -> Counts:
    """Load the reference tables and decide for each record whether it is current."""
    with installation.staging() as con:
        load_reference(con, installation.home, installation.settings, installation.tables)
        load_published(con, installation.home)
        decisions = Decisions.load(installation.home, installation.settings, installation.tables)
        sources = installation.sources.items()
        recoded = {name for name, source in sources if source.code_vintage is Vintage.EXPORT}
        named = {name for name, source in sources if source.places is Places.NAMES}
        accept_rows(con, installation.tables, decisions, recoded, named)
        [(records, current, quarantined)] = con.execute(
            "select coalesce(sum(records), 0), coalesce(sum(current_count), 0), "
            "coalesce(sum(quarantined_count), 0) from quarantine.fates"
        ).fetchall()
    return {"records": records, "current": current, "quarantined": quarantined}


def derive_model(installation: Installation) -> Counts:
    """Build the derived tables."""
    home, settings, tables = installation.home, installation.settings, installation.tables
    with installation.staging() as con, installation.backend() as backend:
        build_model(con, home, settings, tables, backend)
        load_series_breaks(con, home, settings, tables)
        load_alerts(con, home)
        return {"tables": sum(1 for table in tables.values() if table.query)}


def check_model(installation: Installation) -> Counts:
    """Check totals in SQL and the accepted rows once more by Great Expectations."""
    with installation.staging() as con:
        check_totals(con, installation.tables)
    run_suites(installation.home.staging, installation.tables)
    with installation.staging() as con:
        [(checks, failed)] = con.execute(
            "select count(*), count(*) filter (where not passed and severity = 'block') "
            "from ops.checks"
        ).fetchall()
    return {"checks": checks, "failed": failed}


def prepare_indicators(installation: Installation) -> Counts:
    """Build the frame of regions and periods that every indicator is computed on."""
    with installation.staging() as con:
        prepare(con, frame_of(con, installation))
    return {"indicators": len(installation.indicators)}


def compute_chosen(
    installation: Installation, chosen: Collection[str]
) -> Iterator[tuple[str, Counts]]:
    """Compute indicators, derived ones last; `prepare_indicators` comes first.

    Each is a transaction of its own, and DuckDB writes them to the file together at the end.
    """
    with installation.staging() as con, installation.backend() as backend:
        con.execute(
            f"set wal_autocheckpoint = '2GB'; set auto_checkpoint_skip_wal_threshold = {2**31}"
        )
        frame = replace(frame_of(con, installation), backend=backend)
        for name in installation.indicators:
            if name in chosen:
                con.begin()
                compute_indicator(con, installation.indicators[name], frame)
                con.commit()
                [(rows,)] = con.execute(
                    "select count(*) from indicators.indicator_values where indicator = ?", [name]
                ).fetchall()
                yield name, {"rows": rows}


def frame_of(con: duckdb.DuckDBPyConnection, installation: Installation) -> Frame:
    """What the engine is told beside the facts; breakdowns have the values that occur."""
    return Frame(
        as_of=_latest_extract(con).date(),
        table_sources=source_tables(installation.tables),
        finest=installation.settings.finest,
    )


def pass_gate(installation: Installation) -> Freeze:
    """Hide what could tell of persons, and keep what was published.

    Before that, the figures as they are now are held against those that others have printed.
    """
    policy = load_policy(installation.settings.disclosure)
    before = published_before(installation.home)
    with installation.staging() as con:
        compare_published(con, installation.indicators, UNGATED, VERDICTS)
        published = con.sql(before) if before else None
        threads = installation.settings.threads
        revise = installation.revise
        report = apply_gate(con, installation.indicators, policy, published, threads, revise=revise)
        cells = report.shown + report.primary + report.complementary
        record_checks(con, [Check(*GATE_CHECK, Severity.WARNING, report.unproven, cells)])
        free = [each.id for each in installation.indicators.values() if each.cell is Cell.NONE]
        outcome = freeze(con, installation.home, k=policy.k, free=free, revise=revise)
        write_quality(con, policy.k)
        write_published(con, installation.indicators, VALUES)
        write_vintages(con, installation.home, installation.indicators, policy.k)
        _keep_outcome(con, outcome)
    return outcome


def estimate(installation: Installation) -> Counts:
    """Apply the statistical methods, keep what was published, and seal the checks to the result.

    Returns:
        Rows of each method.
    """
    from pipelines.estimates.every import make_estimates  # noqa: PLC0415 - heavy
    from pipelines.estimates.recovery import write_recovery  # noqa: PLC0415 - heavy

    truth = installation.home.root / "truth.json" if installation.settings.is_demo else None
    with installation.staging() as con:
        make_estimates(
            con,
            _latest_extract(con).date(),
            installation.indicators,
            installation.home.reference_file("lunar_new_year.csv"),
            load_policy(installation.settings.disclosure),
            installation.tables["case_events"].column("event_type").codes,
        )
        keep_estimates(con, installation.home, revise=installation.revise)
        checks = check_estimates(con)
        write_recovery(con, truth)
        seal(con)
    return {method: check.total_count for method, check in checks.items()}


def run_to_gate(installation: Installation) -> Freeze:
    """Every step after landing, up to the gate, in the order that Dagster's assets depend by."""
    parse_files(installation)
    accept_records(installation)
    derive_model(installation)
    check_model(installation)
    prepare_indicators(installation)
    for _ in compute_chosen(installation, installation.indicators):
        pass
    return pass_gate(installation)


def _keep_outcome(con: duckdb.DuckDBPyConnection, outcome: Freeze) -> None:
    con.execute(
        "create or replace table ops.freeze "
        "(kept bigint, waiting bigint, revised bigint, added bigint)"
    )
    con.execute("insert into ops.freeze values (?, ?, ?, ?)", list(astuple(outcome)))


def publish_release(installation: Installation) -> Release:
    """Publish the staging database; with nothing new the current release stays."""
    home, settings = installation.home, installation.settings
    if not installation.revise and (current := what_is_current(installation)):
        return current
    with installation.staging() as con:
        as_of, through = _latest_extract(con), _data_through(con)
        [outcome] = con.execute("select kept, waiting, revised, added from ops.freeze").fetchall()

    def build(folder: Path, facts: Facts) -> None:
        installation.notices = build_site(folder, settings, facts).notices

    edition = Edition(
        as_of=as_of,
        data_through=through,
        state=_state(installation),
        demanded={*required_checks(installation.tables), *ESTIMATES_CHECKS.values()},
        indicators=installation.indicators,
        build_site=build,
        freeze=Freeze(*outcome),
    )
    return publish(home, settings, edition)


def _latest_extract(con: duckdb.DuckDBPyConnection) -> datetime:
    [(latest,)] = con.execute("select max(as_of) from ops.files").fetchall()
    return latest


def _data_through(con: duckdb.DuckDBPyConnection) -> date:
    """Last day of the last closed month; the extract's own day before any month is closed."""
    [(end,)] = con.execute(
        "select max(period_end) from model.periods where is_closed and period_kind = 'month'"
    ).fetchall()
    return end - timedelta(days=1) if end else _latest_extract(con).date()
