"""A staging database with invented gated figures: months and years of a province and its places."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.contract import load_tables
from pipelines.publish.frozen import contract
from pipelines.settings import PACKAGE

TABLES = load_tables(PACKAGE / "model")
STEPS = TABLES["case_events"].column("event_type").codes
READ = ("cases", "case_timelines", "case_events", "exported_steps", "offices", "visits",
        "calendar_days", "rule_calendar", "coverage")  # fmt: skip
PROVINCE, CITY = ("province", "990000", "云泽省"), ("city", "990100", "澜川市")
AS_OF = date(2026, 10, 31)
QUICK = "register@0 accept@2 reply@12 close@12"
PASSED = "register@0 transfer@1:B return@3:A transfer@4:C accept@10 reply@40 close@40"


def staging() -> duckdb.DuckDBPyConnection:
    """An empty one, with one province and no registered break."""
    con = duckdb.connect()
    for schema in ("public", "model", "geo", "ops"):
        con.execute(f"create schema {schema}")
    con.execute(contract().create_sql("public.indicator_values"))
    con.execute("create table model.series_breaks (break_on date, kind text, indicators text)")
    con.execute(
        "create table geo.regions as select '990000' as region_code, '云泽省' as name_zh, "
        "'Yunze' as name_en, 'province' as level, cast(null as text) as city_code, "
        "date '0001-01-01' as valid_from, '990000@' as region_row, cast(null as text) as "
        "stable_unit"
    )
    add_tables(con)
    return con


def add_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Empty tables of cases, their steps and visits, as the methods read them."""
    for name in READ:
        con.execute(TABLES[name].create_sql(f"model.{name}"))
    con.execute("alter table model.cases add column sender_id text")
    con.execute("alter table model.case_events add column sender_id text")
    con.execute(
        "create table ops.files (sender_id text, table_name text, shape text, as_of timestamp)"
    )


def add_coverage(con: duckdb.DuckDBPyConnection, since: date = date(1, 1, 1)) -> None:
    """All exports of the cases of every place of which nothing else is said."""
    con.execute(
        "insert into model.coverage select 'cases', region_row, ?, date '9999-12-31' "
        "from geo.regions where region_row not in (select region_row from model.coverage)",
        [since],
    )


def add_months(
    con: duckdb.DuckDBPyConnection,
    series: tuple[str, str, str],
    place: tuple[str, str, str],
    rows: Sequence[tuple[date, float | None, int | None, int | None]],
) -> None:
    """Rows (first day, value, numerator, denominator) of a series (indicator, measure, unit)."""
    _add(con, series, place, "month", rows)


def add_years(
    con: duckdb.DuckDBPyConnection,
    series: tuple[str, str, str],
    place: tuple[str, str, str],
    rows: Sequence[tuple[date, float | None, int | None, int | None]],
) -> None:
    """The same of years."""
    _add(con, series, place, "year", rows)


def _add(
    con: duckdb.DuckDBPyConnection,
    series: tuple[str, str, str],
    place: tuple[str, str, str],
    kind: str,
    rows: Sequence[tuple[date, float | None, int | None, int | None]],
) -> None:
    indicator, measure, unit = series
    con.executemany(
        f"""
        insert into public.indicator_values by name
        select ? as indicator, ? as measure, ? as unit, ? as level, ? as region_code,
            ? as region_zh, 'as_was' as basis, '{kind}' as period_kind, '' as by_name,
            '' as by_value, * replace (
                cast(period_start + interval 1 {kind} as date) as period_end,
                case when value is null then 'hidden' else 'ok' end as state)
        from (select cast(? as date) as period_start, cast(null as date) as period_end,
            '' as state, ? as value, ? as numerator, ? as denominator, ? as n)
        """,
        [
            [indicator, measure, unit, *place, on, value, top, bottom, bottom or top]
            for on, value, top, bottom in rows
        ],
    )


def add_cases(
    con: duckdb.DuckDBPyConnection, *, effect: float, counties: int = 40, cases: int = 120_000
) -> None:
    """Six years of cases that end at 3 % a day, `exp(effect)` times that from notice to 27 days.

    Leaders visit each county about twice a year, on any day, ten days after the notice.
    """
    rng = np.random.default_rng(20261031)
    first, days = date(2020, 1, 6), 6 * 365
    unit = np.arange(counties)
    for code in unit.tolist():
        con.execute(
            "insert into geo.regions values (?, ?, ?, 'county', '990100', '0001-01-01', ?, null)",
            [f"9901{code:02d}", f"县{code}", f"County {code}", f"9901{code:02d}@"],
        )
    place = np.repeat(unit, 12)
    day = rng.integers(20, days - 40, len(place))
    hazard = np.full((counties, days), 0.03)
    for at, on in zip(place.tolist(), day.tolist(), strict=True):
        hazard[at, on - 10 : on + 28] *= np.exp(effect)
    ladder = np.cumsum(hazard, axis=1)
    home, since = rng.integers(0, counties, cases), rng.integers(0, days, cases)
    wanted = ladder[home, since] - hazard[home, since] + rng.exponential(size=cases)
    until = np.array([np.searchsorted(ladder[u], w) for u, w in zip(home, wanted, strict=True)])
    arrow = pa.table({"unit": home, "since": since, "until": until})
    con.register("drawn", arrow)
    con.execute(
        f"""
        insert into model.case_timelines by name
        select '9901' || lpad(unit::text, 2, '0') || '@' as region_row, 'land' as content_code,
            'F' || unit % 20 as office_id,
            case when unit % 2 = 0 then 'letter' else 'visit' end as channel,
            case when unit % 4 = 0 then 'city' else 'county' end as tier_received,
            date '{first}' + since::int as registered_on,
            case when until < {days} then date '{first}' + until::int end as closed_on,
            case when until < {days} then 'resolved' end as outcome,
            date '{first}' + {days - 1} as seen_until_on
        from drawn
        """
    )
    con.register("visited", pa.table({"unit": place, "day": day}))
    con.execute(
        f"""
        insert into model.visits by name
        select '9901' || lpad(unit::text, 2, '0') || '@' as region_row, 'city' as tier,
            date '{first}' + day::int as visit_on, 'day' as on_precision,
            date '{first}' + (day - 10)::int as first_announced_on
        from visited
        """
    )
    con.unregister("drawn")
    con.unregister("visited")
    add_coverage(con)


def months(first: int, count: int) -> list[date]:
    """First days of so many months from January of a year on."""
    return [date(first + at // 12, at % 12 + 1, 1) for at in range(count)]


def with_steps(log: dict[str, int], *, on: date = date(2025, 3, 3)) -> duckdb.DuckDBPyConnection:
    """So many cases of each path, such as `register@0 transfer@2:B accept@5`: step, day, office.

    Acceptance is due on day 15, the reply on day 60; office A is of the city, others of counties.
    """
    con = staging()
    con.execute("insert into model.exported_steps by name select 'S' as sender_id, "
                "true as has_required_steps")  # fmt: skip
    con.execute("insert into model.offices by name select * from (values ('A', 'city'), "
                "('B', 'county'), ('C', 'county')) as t (office_id, level)")  # fmt: skip
    paths_of = [path for path, count in log.items() for _ in range(count)]
    for number, path in enumerate(paths_of):
        case = f"c{number}"
        con.execute(
            "insert into model.case_timelines by name select ? as case_id, 'A' as office_id, "
            "? as registered_on, ? as accept_due_on, ? as due_on, ? as seen_until_on, "
            "? as outcome",
            [case, on, on + timedelta(days=15), on + timedelta(days=60), AS_OF,
             "resolved" if "reply" in path else None],
        )  # fmt: skip
        for seq, step in enumerate(path.split()):
            kind, _, rest = step.partition("@")
            day, _, office = rest.partition(":")
            con.execute(
                "insert into model.case_events by name select ? as event_id, ? as case_id, "
                "? as seq, ? as event_type, ? as event_at, ? as to_office_id, 'S' as sender_id",
                [f"{case}-{seq}", case, seq, kind,
                 datetime.combine(on, datetime.min.time()) + timedelta(days=int(day)),
                 office or None],
            )  # fmt: skip
    return con
