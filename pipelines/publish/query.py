"""Questions to the current release: read-only SQL that can touch nothing but its database.

`read_only` alone is no sandbox (rule R14 of reliability.md): files of the machine, downloads and
limits are closed off too, and the clock stops a query that does not end. What is in the database
is public, so messages of DuckDB may be shown.
"""

import tempfile
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches

import duckdb

from pipelines.engine.frame import PERIOD_KINDS
from pipelines.engine.indicator import LEVELS
from pipelines.publish.pointer import Release, current_release
from pipelines.settings import Home, Settings
from pipelines.words import UserError

MOST_SPILL = "2GB"


@dataclass(frozen=True, slots=True)
class Limits:
    """How many rows of an answer to return (none: all), and after how many seconds to stop."""

    rows: int | None = 1_000
    seconds: float = 30.0


FOR_PEOPLE, FOR_PROGRAMS = Limits(), Limits(rows=None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The figures of one indicator that are asked for."""

    indicator: str
    level: str = "province"
    period_kind: str = "year"


@dataclass(frozen=True, slots=True)
class Answer:
    """Columns and rows; `is_cut` where there were more rows than were asked for."""

    release: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    is_cut: bool


@contextmanager
def open_release(release: Release, settings: Settings) -> Generator[duckdb.DuckDBPyConnection]:
    """A sandboxed connection to the database of a release.

    DuckDB spills beside the database unless it is told otherwise; a release is never written to.
    """
    with tempfile.TemporaryDirectory(prefix="petitions-") as spill:
        con = duckdb.connect(
            release.database,
            read_only=True,
            config={
                "enable_external_access": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
                "memory_limit": settings.memory_limit,
                "threads": settings.threads,
                "temp_directory": spill,
                "max_temp_directory_size": MOST_SPILL,
                "lock_configuration": True,
            },
        )
        try:
            yield con
        finally:
            con.close()


def query(
    home: Home,
    settings: Settings,
    sql: str,
    parameters: Sequence[object] = (),
    limits: Limits = FOR_PEOPLE,
) -> Answer:
    """Ask the current release.

    Args:
        home: the installation.
        settings: its limits on memory and threads.
        sql: one statement.
        parameters: values for the `?` in it.
        limits: where to stop.

    Raises:
        UserError: nothing is published, the statement is wrong or not allowed, or it ran too long.
    """
    release = current_release(home)
    if release is None:
        raise UserError("release.NONE_YET")
    with open_release(release, settings) as con, _stopped_after(con, limits.seconds) as stopped:
        try:
            con.execute(sql, list(parameters))
            rows = con.fetchall() if limits.rows is None else con.fetchmany(limits.rows + 1)
        except duckdb.Error as error:
            if stopped.is_set():
                raise UserError("release.QUERY_TOO_LONG", seconds=f"{limits.seconds:g}") from None
            raise UserError("release.QUERY_REFUSED", exit_code=2, reason=_short(error)) from None
        columns = tuple(column[0] for column in con.description or ())
    shown = tuple(rows[: limits.rows])
    return Answer(release.id, columns, shown, is_cut=len(shown) < len(rows))


def show(home: Home, settings: Settings, wanted: Wanted, limits: Limits = FOR_PEOPLE) -> Answer:
    """The figures of one indicator without breakdowns, newest period first.

    Raises:
        UserError: there is no such indicator, level or kind of period (the nearest are named), or
            see `query`.
    """
    for word, known in ((wanted.level, LEVELS), (wanted.period_kind, PERIOD_KINDS)):
        if word not in known:
            raise UserError("release.NO_WORD", exit_code=2, word=word, known=", ".join(known))
    known = query(home, settings, "select indicator from dictionary.indicators order by all")
    names = [str(row[0]) for row in known.rows]
    if wanted.indicator not in names:
        near = get_close_matches(wanted.indicator, names, cutoff=0.0)
        raise UserError(
            "release.NO_INDICATOR", exit_code=2, indicator=wanted.indicator, near=", ".join(near)
        )
    asked = [wanted.indicator, wanted.level, wanted.period_kind]
    return query(home, settings, _SHOW, asked, limits)


_SHOW = """
select
    values.period_start, values.region_code, values.region_zh, values.region_en, values.measure,
    values.value, values.low, values.high, values.n, values.unit, values.state, values.reason,
    values.flags
from public.indicator_values as values
join dictionary.measures as measures using (indicator, measure)
where values.indicator = ? and values.level = ? and values.period_kind = ? and values.by_name = ''
order by values.period_start desc, values.region_code, measures.position
"""


@contextmanager
def _stopped_after(con: duckdb.DuckDBPyConnection, seconds: float) -> Generator[threading.Event]:
    stopped = threading.Event()

    def stop() -> None:
        stopped.set()
        con.interrupt()

    timer = threading.Timer(seconds, stop)
    timer.start()
    try:
        yield stopped
    finally:
        timer.cancel()
        timer.join()


def _short(error: duckdb.Error) -> str:
    return str(error).strip().splitlines()[0]
