"""A release of an invented province to build the site from: real definitions, invented figures.

The database has the schemas that the site reads, written through the published contracts. Figures
follow a simple story (volume that grows, a rate near nine in ten, waits near forty days) and
contain what a page must cope with: hidden cells, gaps, provisional and unreached values.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from math import sqrt
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from pipelines.engine.indicator import load_indicators
from pipelines.publish.catalogue import load_catalogue
from pipelines.publish.documents import Facts, document_rows
from pipelines.settings import PACKAGE, PROJECT, Home, Settings
from tests.site.estimates import estimate

SETTINGS = Settings(
    region_set="fictional",
    is_demo=True,
    title_zh="云泽省信访与下访运行报告",
    title_en="Yunze petition reception monitor",
    publisher="云泽省信访局（虚构）",
    contact="demo@example.org",
    expected_offices=("F01", "F02", "F03"),
    next_releases=(date(2026, 11, 12),),
)
FACTS = Facts(
    release="2026-10-31-r1",
    as_of=datetime.fromisoformat("2026-10-31T23:59:59"),
    data_through=date(2026, 9, 30),
    version="0.1.0",
    code_sha256="0" * 64,
    input_state="1" * 64,
    previous="",
)
PROVINCE = ("990000", "云泽省", "Yunze Province")
CITIES = (
    ("990100", "澜川市", "Lanchuan City"),
    ("990200", "霁浦市", "Jipu City"),
    ("990300", "栖原市", "Qiyuan City"),
    ("990400", "荻洲市", "Dizhou City"),
    ("990500", "鹭湾市", "Luwan City"),
    ("990600", "棠陵市", "Tangling City"),
    ("990700", "梓泽市", "Zize City"),
    ("990800", "雁渡市", "Yandu City"),
    ("990900", "菱塘市", "Lingtang City"),
    ("991000", "墨屿市", "Moyu City"),
    ("991100", "岚汀市", "Lanting City"),
)
CHANNELS = ("phone", "letter", "visit", "online", "sentinel", "grid", "leader_visit", "court")
HIDDEN_CHANNEL, HIDDEN_CITY, LATE_CITY = "court", "990300", "990800"
FIRST, LAST = 2003, 2026


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of `public.indicator_values`."""

    indicator: str
    measure: str
    period_kind: str
    period_start: date
    period_end: date
    level: str = "province"
    region_code: str = PROVINCE[0]
    region_zh: str = PROVINCE[1]
    region_en: str = PROVINCE[2]
    basis: str = "as_was"
    by_name: str = ""
    by_value: str = ""
    numerator: int | None = None
    denominator: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    conf_level: float | None = None
    n: int | None = None
    unit: str = "share"
    state: str = "ok"
    reason: str = ""
    flags: str = ""
    coverage: str = "full"
    change_yoy: float | None = None
    change_mom: float | None = None
    rule_id: str = ""
    vintage: str = "2026-10-31"

    def count(self, number: int, unit: str) -> "Figure":
        return replace(self, numerator=number, value=float(number), n=number, unit=unit)

    def share(self, numerator: int, denominator: int) -> "Figure":
        low, high = wilson(numerator, denominator)
        return replace(
            self,
            numerator=numerator,
            denominator=denominator,
            value=numerator / denominator,
            low=low,
            high=high,
            conf_level=0.95,
            n=denominator,
        )

    def ratio(self, numerator: int, denominator: int, unit: str) -> "Figure":
        value = numerator / denominator
        terms = {"numerator": numerator, "denominator": denominator, "n": denominator}
        return replace(self, value=value, unit=unit, **terms)

    def days(self, low: float, value: float, high: float, n: int) -> "Figure":
        ends = {"low": low, "high": high, "conf_level": 0.95}
        return replace(self, value=value, n=n, unit="day", **ends)

    def without(self, state: str, reason: str = "") -> "Figure":
        empty = dict.fromkeys(("numerator", "denominator", "value", "low", "high", "n"))
        return replace(self, state=state, reason=reason, conf_level=None, flags="", **empty)

    def of(self, place: tuple[str, str, str]) -> "Figure":
        code, zh, en = place
        return replace(self, level="city", region_code=code, region_zh=zh, region_en=en)

    def by(self, name: str, value: str) -> "Figure":
        return replace(self, by_name=name, by_value=value)


def wilson(k: int, n: int, z: float = 1.96) -> tuple[float, float]:
    p, d = k / n, 1 + z * z / n
    centre = (p + z * z / (2 * n)) / d
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    return centre - half, centre + half


@dataclass(frozen=True, slots=True)
class Span:
    """One closed period of the invented release."""

    kind: str
    start: date
    end: date

    @property
    def at(self) -> float:
        """0 at the beginning of the story, 1 at its end."""
        return (self.start.year - FIRST) / (LAST - FIRST)

    @property
    def size(self) -> float:
        """Length in years."""
        return (self.end - self.start).days / 365

    def new(self, indicator: str, measure: str) -> Figure:
        return Figure(indicator, measure, self.kind, self.start, self.end)


def spans(kind: str) -> list[Span]:
    """Closed periods of a kind, up to September 2026."""
    if kind == "ytd":
        years = range(FIRST, LAST + 1)
        return [Span(kind, date(year, 1, 1), date(year, 10, 1)) for year in years]
    months = {"month": 1, "quarter": 3, "year": 12}[kind]
    starts = [date(y, m, 1) for y in range(FIRST, LAST + 1) for m in range(1, 13, months)]
    ends = [*starts[1:], date(LAST + 1, 1, 1)]
    closed = date(2026, 10, 1)
    return [Span(kind, s, e) for s, e in zip(starts, ends, strict=True) if e <= closed]


def figures() -> list[Figure]:
    """Every figure of the invented release."""
    rng = np.random.default_rng(20261031)
    return [
        figure
        for kind in ("month", "quarter", "year", "ytd")
        for span in spans(kind)
        for figure in (*_province(span, rng), *_cities(span, rng))
    ]


def _volume(span: Span, rng: np.random.Generator) -> int:
    jump = 1.35 if span.start >= date(2014, 1, 1) else 1.0
    drop = 0.8 if span.start >= date(2022, 5, 1) else 1.0
    return int(span.size * 21_000 * (1 + 0.9 * span.at) * jump * drop * rng.normal(1, 0.02))


def _province(span: Span, rng: np.random.Generator) -> Iterator[Figure]:
    volume = _volume(span, rng)
    stock = int(5200 * (1 + span.at) * rng.normal(1, 0.03))
    yield span.new("submission_count", "submissions").count(volume, "submission")
    yield span.new("open_stock", "open").count(stock, "submission")
    yield from _timeliness(span, volume, rng)
    yield from _visits(span, rng)
    rated = int(volume * 0.34)
    triple = span.new("satisfaction_triple", "rate")
    if span.start >= date(2014, 7, 1):
        yield triple.share(int(rated * rng.normal(0.82, 0.01)), rated)
        yield span.new("satisfaction_triple", "participation").share(rated, volume)
    else:
        yield triple.without("not_available", "field_absent")
    if span.kind == "year":
        yield from _breakdowns(span, volume, rng)


def _timeliness(span: Span, volume: int, rng: np.random.Generator) -> Iterator[Figure]:
    due = int(volume * 0.92)
    rate = 0.78 + 0.1 * span.at + rng.normal(0, 0.006)
    yield span.new("ontime_closure_rate", "due_based").share(int(due * rate), due)
    replied = int(due * (rate + 0.09) / (rate + 0.12))
    yield span.new("ontime_closure_rate", "closed_only").share(int(due * rate), replied)
    median = round(52 - 14 * span.at + rng.normal(0, 1))
    half = 1 if volume > 10_000 else 3
    watched = (date(2026, 10, 31) - span.end).days
    timing = span.new("resolution_time_median", "p50")
    if watched < 40:
        yield timing.without("not_reached")
    else:
        flags = "p" if watched < 1095 else ""
        yield replace(timing.days(median - half, median, median + half, volume), flags=flags)
    for days, share in ((30, 0.36), (60, 0.62), (90, 0.79)):
        within = span.new("resolution_time_median", f"within_{days}")
        got = within.share(int(volume * (share + 0.08 * span.at)), volume)
        yield replace(got, numerator=None, denominator=None)


def _visits(span: Span, rng: np.random.Generator) -> Iterator[Figure]:
    at, size = span.at, span.size
    held = {"province": 6 + 20 * at, "city": 130 + 60 * at, "county": 640 + 900 * at}
    tiers = {tier: max(1, round(size * mean * rng.normal(1, 0.03))) for tier, mean in held.items()}
    total = sum(tiers.values())
    visits = span.new("leader_visit_count", "events")
    yield visits.count(total, "visit_event")
    for tier, count in tiers.items():
        yield visits.by("tier", tier).count(count, "visit_event")
    batches = int(total * (4.2 + 0.6 * at))
    ratio = span.new("batches_per_leader_visit", "per_event")
    yield ratio.ratio(batches, total, "batch_per_visit")
    cases = int(21_000 * size * (0.5 - 0.2 * at))
    ratio = span.new("cases_per_leader_visit", "per_event")
    yield ratio.ratio(cases, total, "submission_per_visit")
    problems = int(batches * 1.2)
    solved = span.new("on_spot_resolution_rate", "rate")
    yield solved.share(int(problems * rng.normal(0.24, 0.008)), problems)
    yield from _duties(span, rng)


def _duties(span: Span, rng: np.random.Generator) -> Iterator[Figure]:
    due = {"province": 2, "city": 44, "county": 1080}
    if span.kind in {"month", "quarter"}:
        due = {"city": 44, "county": 1080}
    terms = {tier: max(1, round(span.size * count)) for tier, count in due.items()}
    met = {tier: min(n, round(n * rng.normal(0.95, 0.01))) for tier, n in terms.items()}
    duty = span.new("visit_duty_compliance", "rate")
    yield _full_count(duty.share(sum(met.values()), sum(terms.values())))
    for tier, count in terms.items():
        yield _full_count(duty.by("tier", tier).share(met[tier], count))


def _full_count(figure: Figure) -> Figure:
    """A census of duties: no interval."""
    return replace(figure, low=None, high=None, conf_level=None)


def _breakdowns(span: Span, volume: int, rng: np.random.Generator) -> Iterator[Figure]:
    for number, channel in enumerate(CHANNELS):
        timing = span.new("resolution_time_median", "p50").by("channel", channel)
        yield timing.days(30 + 6 * number, 32 + 6 * number, 34 + 6 * number, volume // 6)
    weights = rng.dirichlet(np.full(len(CHANNELS), 2.0))
    for code, weight in zip(CHANNELS, weights, strict=True):
        due = max(40, int(volume * weight))
        figure = span.new("ontime_closure_rate", "due_based").by("channel", code)
        if code == HIDDEN_CHANNEL:
            yield figure.without("hidden")
        else:
            yield figure.share(int(due * rng.normal(0.86, 0.03)), due)


def _cities(span: Span, rng: np.random.Generator) -> Iterator[Figure]:
    if span.kind not in {"year", "ytd"}:
        return
    if span.kind == "year" and span.start.year >= 2024:
        yield from _counties(span, rng)
    for number, place in enumerate(CITIES, start=1):
        volume = int(_volume(span, rng) * (0.03 + 0.011 * number))
        yield span.new("submission_count", "submissions").of(place).count(volume, "submission")
        rate = span.new("ontime_closure_rate", "due_based").of(place)
        if place[0] == LATE_CITY and span.start.year >= 2025:
            yield replace(rate.without("not_available", "not_received"), coverage="none")
        elif place[0] == HIDDEN_CITY and span.start.year >= 2025:
            yield rate.without("hidden")
        else:
            due = int(volume * 0.92)
            yield rate.share(int(due * rng.normal(0.87, 0.015)), due)


def _counties(span: Span, rng: np.random.Generator) -> Iterator[Figure]:
    """Two counties of each city; one of them is far slower than the others."""
    new = span.new("prob_resolved_60d", "within_60")
    for number, (code, zh, en) in enumerate(CITIES):
        for county in (1, 2):
            n, slow = int(rng.integers(100, 2000)), (number, county) == (4, 2)
            figure = new.share(int(n * (0.35 if slow else rng.normal(0.62, 0.02))), n)
            names = (f"{zh[:-1]}{'东西'[county - 1]}县", f"{en} {'EW'[county - 1]}")
            place = (f"{int(code) + county}", *names)
            curve = replace(figure.of(place), level="county", numerator=None, denominator=None)
            yield curve


def write_release(path: Path, home: Home, rows: list[Figure]) -> None:
    """Write the database of a release with these figures."""
    indicators = load_indicators(PACKAGE / "indicators")
    documents = document_rows(FACTS, home, SETTINGS, indicators)
    with duckdb.connect(path) as con:
        for schema in ("geo", "public", "dictionary", "quality"):
            con.execute(f"create schema {schema}")
        for table in load_catalogue():
            con.execute(table.contract.create_sql(table.name))
            if documents.get(table.name):
                places = ", ".join("?" * len(table.contract.columns))
                con.executemany(
                    f"insert into {table.name} values ({places})", documents[table.name]
                )
        frame = pl.DataFrame([asdict(row) for row in rows], infer_schema_length=None)
        con.register("frame", frame.to_arrow())
        names = ", ".join(frame.columns)
        con.execute(f"insert into public.indicator_values ({names}) select * from frame")
        con.execute(_QUALITY)
        estimate(con, FACTS.as_of.date())


_QUALITY = """
insert into quality.checks values
    ('RECEIPTS', 'cases', 'block', true, 0),
    ('V01', 'cases', 'error', true, 0),
    ('V02', 'case_events', 'error', false, 412),
    ('V10', 'receptions', 'warning', false, null),
    ('GX:V01', 'cases', 'block', true, 0),
    ('GX:V02', 'cases', 'warning', true, 0),
    ('V53', 'cases', 'block', true, 0);
insert into quality.files
select sender, source, source, 1, null, null, timestamp '2026-10-31 23:59:59'
from (values ('F01'), ('F02'), ('F03')) as senders(sender),
    (values ('case_register'), ('step_log'), ('leader_visits')) as sources(source)
where not (sender = 'F03' and source = 'leader_visits');
insert into quality.receipts values
    ('case_register', 'cases', 11, 1003412, 1000000, 2310, 690, 412),
    ('step_log', 'case_events', 11, 5210044, 5200000, 8000, 2044, 0),
    ('leader_visits', 'leader_visits', 12, 24010, null, null, null, null);
insert into quality.published_figures by name
select
    figure_id, figure_id as title_zh, figure_id as title_en, as_published, 200000 as low,
    300000 as high, '[)' as ends, 'submission' as unit, '990000' as region_code, verdict, reason,
    value, 'read' as evidence, '虚构日报' as source, 'first' as vintage
from (values
    ('AGREES', '20余万件', 'agrees', '', 250000),
    ('DISAGREES', '20余万件', 'disagrees', '', 190000),
    ('HIDDEN', '20余万件', 'not_comparable', 'hidden', null)
) as printed(figure_id, as_published, verdict, reason, value);
insert into quality.vintages by name
select
    'submission_count' as indicator, 'submissions' as measure, 'province' as level,
    '990000' as region_code, 'year' as period_kind,
    date '2024-01-01' + to_years(year) as period_start,
    date '2025-01-01' + to_years(year) as period_end, vintage_no, date '2026-10-31' as data_on,
    months_later, state, value, value as numerator, revision
from (values
    (0, 1, 1, 'ok', 1000, null), (0, 2, 13, 'ok', 1100, 0.1),
    (1, 1, 1, 'hidden', null, null), (1, 2, 9, 'ok', 2000, null),
    (-1, 1, 1, 'ok', 900, null)
) as told(year, vintage_no, months_later, state, value, revision);
insert into quality.vintages by name
select
    'submission_count' as indicator, 'submissions' as measure, 'province' as level,
    '990000' as region_code, 'month' as period_kind, start as period_start,
    cast(start + interval 1 month as date) as period_end, vintage_no, months_later, state, value,
    last_day(start + to_months(1 + months_later)) as data_on, value as numerator, revision
from (values
    (date '2025-06-01', 1, 0, 'ok', 1000, null), (date '2025-06-01', 2, 5, 'ok', 1040, 0.04),
    (date '2025-06-01', 3, 14, 'ok', 1060, 0.06), (date '2026-02-01', 1, 1, 'hidden', null, null),
    (date '2026-02-01', 2, 5, 'ok', 2000, null), (date '2026-06-01', 1, 0, 'ok', 1200, null),
    (date '2026-06-01', 2, 3, 'ok', 1188, -0.01), (date '2026-09-01', 1, 0, 'ok', 900, null)
) as told(start, vintage_no, months_later, state, value, revision);
insert into quality.suppression values
    ('ontime_closure_rate', 'city', 'year', '', 251, 2),
    ('ontime_closure_rate', 'province', 'year', 'channel', 391, 23),
    ('submission_count', 'city', 'year', '', 253, 0);
"""


def reference_home(root: Path) -> Home:
    """A home with the breaks of the invented province."""
    home = Home(root)
    home.reference.mkdir(parents=True)
    for name in ("series_breaks", "rule_calendar"):
        text = (PROJECT / "data" / "reference" / f"{name}.csv").read_text(encoding="utf-8")
        (home.reference / f"{name}.csv").write_text(text, encoding="utf-8")
    return home
