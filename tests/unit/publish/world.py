"""A tiny installation to publish from: two regions, two indicators, two years, all checks passed.

The staging database is written as the steps before publication leave it; nothing but the seams of
publication is modelled.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import duckdb

from pipelines.contract import Words
from pipelines.engine.indicator import Better, Cell, Change, Indicator, Interval, Kind, Measure
from pipelines.privacy.pseudonyms import Key
from pipelines.publish.catalogue import PublishedTable, load_catalogue
from pipelines.publish.documents import Facts
from pipelines.publish.downloads import parquet_file
from pipelines.publish.frozen import Freeze, freeze
from pipelines.publish.manifest import write_manifest
from pipelines.publish.pointer import Release, flip, next_release
from pipelines.publish.proof import seal
from pipelines.publish.quality import write_quality
from pipelines.publish.release import Edition, publish
from pipelines.publish.state import InputState, input_state
from pipelines.settings import Home, Settings

SETTINGS = Settings(region_set="fictional", is_demo=True, memory_limit="200MB", threads=1)
KEY, K = Key(bytes(32)), 10
DEMANDED = (("RECEIPTS", "receptions"), ("V01", "receptions"))
AS_OF = datetime.fromisoformat("2026-10-31T23:59:59")
DATA_THROUGH = date(2026, 9, 30)
REGIONS = {"990000": ("province", "示例省", "Sample Province"), "990100": ("city", "甲市", "Jia")}


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of `public.indicator_values`: what the tests vary of it."""

    numerator: int | None = 120
    indicator: str = "visit_count"
    region: str = "990000"
    year: int = 2024
    state: str = "ok"
    by_value: str = ""
    change_yoy: float | None = None
    flags: str = ""
    value: float | None = None

    @property
    def row(self) -> dict[str, object]:
        level, zh, en = REGIONS[self.region]
        return {
            "indicator": self.indicator,
            "measure": "count",
            "level": level,
            "region_code": self.region,
            "region_zh": zh,
            "region_en": en,
            "basis": "as_was",
            "period_kind": "year",
            "period_start": date(self.year, 1, 1),
            "period_end": date(self.year + 1, 1, 1),
            "by_name": "channel" if self.by_value else "",
            "by_value": self.by_value,
            "numerator": self.numerator,
            "denominator": None,
            "value": self.numerator if self.value is None else self.value,
            "low": None,
            "high": None,
            "conf_level": None,
            "n": self.numerator,
            "unit": "visits",
            "state": self.state,
            "reason": "",
            "flags": self.flags,
            "coverage": "full",
            "change_yoy": self.change_yoy,
            "change_mom": None,
            "rule_id": "",
            "vintage": "",
        }


FIGURES = (
    Figure(120, year=2024),
    Figure(150, year=2025, change_yoy=(150 - 120) / 120),
    Figure(60, region="990100", year=2024),
    Figure(None, region="990100", year=2025, state="hidden"),
    Figure(30, indicator="letter_count", by_value="letter"),
)


def indicator(name: str) -> Indicator:
    words = Words(f"{name}（示例）", f"{name} (sample)")
    return Indicator(
        id=name,
        theme="visits",
        title=words,
        question=words,
        kind=Kind.COUNT,
        unit="visits",
        numerator=words,
        denominator=None,
        exclusions=words,
        better=Better.NEITHER,
        by=("channel",),
        measures=(Measure("count", words, "visits", Interval.NONE),),
        clock=words,
        rule="visit_duty",
        cell=Cell.SMALL,
        interval=Interval.NONE,
        scale=1,
        follow_up_days=None,
        finest={},
        since=date(2003, 1, 1),
        source=words,
        caveats=(),
        not_for=words,
        checked_by=("worked_example",),
        reviewed=date(2026, 1, 1),
        next_review=date(2027, 1, 1),
        changes=(Change(date(2026, 1, 1), words),),
        path=Path(__file__),
    )


INDICATORS = {name: indicator(name) for name in ("letter_count", "visit_count")}


RULES = """\
rule_id,topic,tier,channel,region_code,value,unit,clock_start,valid_from,valid_to,is_verified
X-VISIT,visit_duty,city,,,1,per_quarter,,2003-01-01,9999-12-31,false
"""
BREAKS = """\
break_on,kind,indicators,region_set,title_zh,title_en,source
2014-01-01,definition,visit_count,fictional,虚构断点,Invented break,tests
2014-01-01,rule,visit_count,real,真实断点,Real break,tests
"""


def make_home(root: Path) -> Home:
    """A home whose vault knows one file; it has no staging database yet."""
    home = Home(root)
    home.reference.mkdir(parents=True)
    for name, text in {"rule_calendar": RULES, "series_breaks": BREAKS}.items():
        (home.reference / f"{name}.csv").write_text(text, encoding="utf-8")
    add_export(home, "a" * 64)
    home.warehouse.mkdir()
    return home


def add_export(home: Home, sha256: str) -> None:
    """Let the vault know one more file."""
    folder = home.vault / "files"
    folder.mkdir(parents=True, exist_ok=True)
    said = {"sha256": sha256, "source": "leader_visits", "sender_id": "F01", "as_of": str(AS_OF)}
    (folder / f"{sha256}.json").write_text(json.dumps(said), encoding="utf-8")


def write_staging(
    home: Home,
    figures: Iterable[Figure | dict[str, object]] = FIGURES,
    *,
    revise: bool = False,
    free: Collection[str] = (),
) -> Freeze:
    """The staging database as it is right before publication, and what the freeze said."""
    home.staging.unlink(missing_ok=True)
    with duckdb.connect(home.staging) as con:
        con.begin()  # or DuckDB would sync its log at each statement
        for schema in ("ops", "quarantine", "model", "geo", "public", "quality"):
            con.execute(f"create schema {schema}")
        for table in load_catalogue():
            if not table.is_document:
                con.execute(table.contract.create_sql(table.name))
        _fill_regions(con)
        for figure in figures:
            insert(con, "public.indicator_values", row_of(figure))
        write_ops(con)
        frozen = freeze(con, home, k=K, free=free, revise=revise)
        write_quality(con, least_count=10)
        seal(con)
        con.commit()
    return frozen


def write_ops(con: duckdb.DuckDBPyConnection) -> None:
    """Files, fates and check results of one export of 436 records."""
    con.execute(
        """
        create table ops.checks as select * from (values
            ('RECEIPTS', 'receptions', 'block', true, 0, 1),
            ('V01', 'receptions', 'block', true, 0, 436),
            ('V10', 'receptions', 'warning', false, 3, 436)
        ) as t (check_id, table_name, severity, passed, failed_count, total_count);
        create table ops.files as select
            'aaaaaaaaaaaa' as file_id, 'leader_visits' as source, 'receptions' as table_name,
            'F01' as sender_id, cast(null as date) as period_start,
            cast(null as date) as period_end, timestamp '2026-10-31 23:59:59' as as_of,
            436 as records;
        create table quarantine.fates as select
            'aaaaaaaaaaaa' as file_id, 'receptions' as table_name, 400 as current_count,
            20 as superseded_count, 0 as duplicate_count, 16 as quarantined_count, 436 as records;
        create table quarantine.records as select
            'aaaaaaaaaaaa' as file_id, 'receptions' as table_name, record_no,
            'E_ORDER' as reason_code
        from range(16) as records(record_no)
        """
    )


def insert(con: duckdb.DuckDBPyConnection, table: str, row: dict[str, object]) -> None:
    names = ", ".join(row)
    places = ", ".join("?" * len(row))
    con.execute(f"insert into {table} ({names}) values ({places})", list(row.values()))


def write_site(folder: Path, facts: Facts) -> None:
    """A site of two pages, one in a folder of its own."""
    site = folder / "site"
    (site / "en").mkdir(parents=True)
    for page in (site / "index.html", site / "en" / "index.html"):
        page.write_text(f"<title>{facts.release}</title>\n", encoding="utf-8")


def edition(
    frozen: Freeze, state: InputState, demanded: Sequence[tuple[str, str]] = DEMANDED
) -> Edition:
    return Edition(
        as_of=AS_OF,
        data_through=DATA_THROUGH,
        state=state,
        demanded=demanded,
        indicators=INDICATORS,
        build_site=write_site,
        freeze=frozen,
    )


def state_of(home: Home, settings: Settings = SETTINGS, key: Key = KEY) -> InputState:
    """The state of a home, whatever is being done to the program meanwhile."""
    found = input_state(home, settings, key)
    return replace(found, code_sha256="code", reference_sha256="reference")


def publish_figures(
    home: Home,
    figures: Iterable[Figure] = FIGURES,
    *,
    revise: bool = False,
    settings: Settings = SETTINGS,
    key: Key = KEY,
) -> Release:
    """Staging and publication in one go."""
    frozen = write_staging(home, figures, revise=revise)
    return publish(home, settings, edition(frozen, state_of(home, settings, key)))


def row_of(figure: Figure | dict[str, object]) -> dict[str, object]:
    return figure.row if isinstance(figure, Figure) else figure


def pretend_published(home: Home, figures: Iterable[Figure | dict[str, object]]) -> Release:
    """The next release as far as a freeze looks into it: its figures, manifest and pointer."""
    release = next_release(home, AS_OF.date())
    (release.folder / "tables").mkdir(parents=True)
    values = table_named("public.indicator_values")
    with duckdb.connect() as con:
        con.execute("create schema public")
        con.execute(values.contract.create_sql(values.name))
        for figure in figures:
            insert(con, values.name, row_of(figure))
        con.execute(f"copy {values.name} to '{release.folder / parquet_file(values)}'")
    write_manifest(release.folder, {}, {})
    flip(home, release)
    return release


def table_named(name: str) -> PublishedTable:
    return next(table for table in load_catalogue() if table.name == name)


def _fill_regions(con: duckdb.DuckDBPyConnection) -> None:
    for code, (level, zh, en) in REGIONS.items():
        row = {
            "region_row": f"{code}@0001-01-01",
            "region_code": code,
            "name_zh": zh,
            "name_en": en,
            "level": level,
            "valid_from": date(1, 1, 1),
            "valid_to": date(9999, 12, 31),
        }
        insert(con, "geo.regions", row)
