"""What a person asks of a home between runs: receipts, quarantine, status, definitions.

Each answer is read from what the last run left. Nothing is written but alerts: of a release that
has grown old, of a run that did not come. Counts and codes only; showing them is for the command
line.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import duckdb

from pipelines.alerts import Alert, missed_alert, read_alerts, stale_alert
from pipelines.contract import load_tables
from pipelines.indicators.counting import check_counting
from pipelines.ingest.connection import reopen
from pipelines.ingest.receipts import Fate, receipts
from pipelines.ingest.turned_away import TurnedAway, read_turned_away
from pipelines.model.lineage import check_portable
from pipelines.publish.pointer import current_release
from pipelines.run import Installation
from pipelines.screen import EXIT_USAGE, Screen, formatted
from pipelines.settings import PACKAGE, PROJECT, Home, Settings
from pipelines.words import Lang, UserError, load_words, say


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A blocking check that did not pass.

    Attributes:
        check: its id.
        table: the table that it looks at.
        failed: how many of `total` rows, files or totals break it.
        total: how many it looked at.
        words: what it demands, by language.
    """

    check: str
    table: str
    failed: int
    total: int
    words: dict[str, str]

    def sentence(self, lang: Lang) -> str:
        """The check, what it demands and how often that is broken."""
        facts = {"check": self.check, "table": self.table, "what": self.words[lang]}
        return say("cli.CHECK_LINE", lang, failed=self.failed, total=self.total, **facts)


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a home in a few numbers, and what asks for attention.

    The counts are none where the last run did not come far enough to have any, or another is under
    way; `uncounted` says so in each language.
    """

    release: str
    as_of: str
    files: int | None
    records: int | None
    quarantined: int | None
    uncounted: dict[str, str]
    failed: list[FailedCheck]
    turned_away: list[TurnedAway]
    alerts: list[Alert]

    def show(self, screen: Screen) -> None:
        """Print it for a person."""
        if self.release:
            screen.say("RELEASE_LINE", release=self.release, as_of=self.as_of)
        else:
            screen.say("NO_RELEASE")
        if self.uncounted:
            screen.plain(self.uncounted[screen.lang])
        else:
            names = ("files", "records", "quarantined")
            screen.say("FILES_LINE", **formatted({name: getattr(self, name) for name in names}))
        if self.failed:
            screen.say("FAILED_LINE", count=len(self.failed))
        for check in self.failed:
            screen.plain(f"  {check.sentence(screen.lang)}")
        screen.turned_away(self.turned_away)
        if not self.alerts:
            screen.say("NO_ALERTS")
            return
        screen.say("ALERTS_LINE", count=len(self.alerts))
        for alert in self.alerts:
            screen.plain(f"  {alert.raised_at}  {alert.sentence(screen.lang)}")


@contextmanager
def warehouse(home: Home) -> Generator[duckdb.DuckDBPyConnection]:
    """The last run's staging database, read-only.

    Raises:
        UserError: there has been no run, a run is under way, or the last one ended before there was
            what is asked for.
    """
    if not home.staging.exists():
        raise UserError("cli.NO_RUN", file=home.staging)
    try:
        con = reopen(home.staging, read_only=True)
    except duckdb.Error as error:
        if "lock" in str(error).lower():
            raise UserError("cli.WAREHOUSE_BUSY", exit_code=75, file=home.staging) from None
        raise UserError("cli.RUN_UNFINISHED", file=home.staging) from None
    try:
        yield con
    except duckdb.CatalogException:
        raise UserError("cli.RUN_UNFINISHED", file=home.staging) from None
    finally:
        con.close()


def read_receipts(home: Home) -> list[Fate]:
    """What became of the records of each file and table of the last run."""
    with warehouse(home) as con:
        return receipts(con)


def read_quarantine(home: Home) -> tuple[list[str], list[tuple[object, ...]]]:
    """Quarantined records by file, table, column, rule and reason: how many, and the first one."""
    sql = """
        select coalesce(f.name, r.file_id) as file, r.table_name as "table",
            r.column_name as "column", r.rule_id as rule, r.reason_code as reason,
            min(r.record_no) as record_no, count(distinct r.record_no) as count
        from quarantine.records r left join ops.files f using (file_id, table_name)
        where r.severity = 'error' group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
    """
    with warehouse(home) as con:
        rows = con.execute(sql).fetchall()
        return [column[0] for column in con.description or ()], rows


def top_reasons(con: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
    """The reason codes of quarantined records, and how many records each has, most first."""
    return con.execute(
        """
        select reason_code, count(distinct (file_id, table_name, record_no)) as records
        from quarantine.records where severity = 'error'
        group by reason_code order by records desc, reason_code
        """
    ).fetchall()


def file_remarks(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int]]:
    """What was taken but is worth telling: file, reason code, how often; by name of the file."""
    return con.execute(
        "select name, reason_code, sum(found_count)::bigint from ops.file_findings "
        "where severity = 'warning' group by file_id, name, reason_code "
        "order by name, reason_code, file_id"
    ).fetchall()


def printed_figures(con: duckdb.DuckDBPyConnection) -> tuple[dict[str, int], list[str]]:
    """How printed figures compare with ours: verdicts by count, and the figures that disagree."""
    counted = con.execute(
        "select verdict, count(*) from ops.published_verdicts group by verdict order by verdict"
    ).fetchall()
    disagreeing = con.execute(
        "select figure_id from ops.published_verdicts where verdict = 'disagrees' "
        "order by figure_id"
    ).fetchall()
    return dict(counted), [name for (name,) in disagreeing]


def has_finished(home: Home) -> bool:
    """Whether the last run came to its end, so that the warehouse holds all that it found."""
    try:
        with warehouse(home) as con:
            return bool(con.execute("select count(*) from ops.freeze").fetchall())
    except (UserError, duckdb.Error):
        return False


def failed_checks(home: Home) -> list[str]:
    """Names of the blocking checks that failed in the last run, with the files that they hold."""
    sql = (
        "select distinct concat_ws(' ', check_id, held.file_id) as named from ops.checks "
        "left join ops.file_findings as held "
        "on held.reason_code = check_id and held.severity = 'error' "
        "where checks.severity = 'block' and not passed order by named"
    )
    try:
        with warehouse(home) as con:
            return [str(row[0]) for row in con.execute(sql).fetchall()]
    except (UserError, duckdb.Error):
        return []


def explained_failures(home: Home) -> list[FailedCheck]:
    """The blocking checks that failed in the last run, with what they demand."""
    sql = (
        "select check_id, table_name, failed_count, total_count from ops.checks "
        "where severity = 'block' and not passed order by all"
    )
    try:
        with warehouse(home) as con:
            rows = con.execute(sql).fetchall()
    except UserError:
        return []
    from pipelines.validate.report import check_words  # noqa: PLC0415 - loads SQLAlchemy

    words = check_words(load_tables(PACKAGE / "model")) if rows else {}
    return [
        FailedCheck(*row, words=asdict(said) if (said := words.get(row[:2])) else _unsaid(row[0]))
        for row in rows
    ]


def _unsaid(check: str) -> dict[str, str]:
    return dict.fromkeys(Lang, check)


def read_status(home: Home) -> Status:
    """Newest release, what came in, and alerts; an old release or a missed run raises one.

    Raises:
        UserError: there is no such home, or its settings cannot be used.
    """
    if not home.root.is_dir():
        raise UserError("cli.NO_HOME", exit_code=EXIT_USAGE, file=home.root)
    settings = Settings.load(home)
    release = current_release(home)
    as_of = datetime.fromisoformat(release.id[:10]).date() if release else None
    now = datetime.now(UTC)
    stale_alert(home, settings, as_of, now.date())
    missed_alert(home, settings, now)
    found: list[Fate] | None = []
    uncounted: dict[str, str] = {}
    if home.staging.exists():
        try:
            found = read_receipts(home)
        except UserError as error:
            found, uncounted = None, {lang: error.sentence(lang) for lang in Lang}
    return Status(
        release=release.id if release else "",
        as_of=as_of.isoformat() if as_of else "",
        files=None if found is None else len({fate.file for fate in found}),
        records=None if found is None else sum(fate.records for fate in found),
        quarantined=None if found is None else sum(fate.quarantined for fate in found),
        uncounted=uncounted,
        failed=explained_failures(home),
        turned_away=read_turned_away(home),
        alerts=read_alerts(home),
    )


def check_definitions(home: Home) -> dict[str, int]:
    """Load every definition, which refuses what is wrong with it, and count them."""
    installation = Installation.at(home.root)
    check_portable(installation.tables.values())
    check_counting(installation.indicators.values(), installation.tables, load_words())
    pages = list((PROJECT / "reports" / "pages").glob("*.md"))
    return {
        "indicators": len(installation.indicators),
        "tables": len(installation.tables),
        "sources": len(installation.sources),
        "pages": len(pages),
    }
