"""The engine against a slow reference in plain Python, on small random worlds.

Every cell of the grid is compared: there must be neither a row too many nor one too few.
"""

from datetime import timedelta

import duckdb
import pytest
from hypothesis import given, settings

from pipelines.engine.compute import compute_indicators
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import Indicator

from .reference import (
    AS_OF,
    BY_ROW,
    COLOURS,
    OPEN,
    REGIONS,
    SUCCESSORS,
    Region,
    expected,
    periods,
    silences,
    worlds,
)

HEADER = """/*---
title: {{zh: 题, en: Title}}
question: {{zh: 问, en: Question}}
kind: {kind}
unit: thing
numerator: {{zh: 子, en: Part}}
denominator: {{zh: 母, en: Whole}}
exclusions: {{zh: 无, en: None}}
better: neither
by: [colour]
measures: {{{measures}}}
clock: {{zh: 日, en: Day}}
cell: none
since: 2003-01-01
source: {{zh: 源, en: Source}}
caveats: []
not_for: {{zh: 否, en: Nothing}}
checked_by: [worked_example]
reviewed: 2026-01-01
next_review: 2027-01-01
changes: []
{more}---*/
select region_row, office_id, seen_until_on, colour, {columns} from things
"""
WORDS = "{zh: 度, en: Measure}"
DEFINITIONS = {
    "count": ("on_date, part as numerator", f"only: {WORDS}", ""),
    "share": ("on_date, part as numerator, whole as denominator", f"only: {WORDS}", ""),
    "ratio": ("on_date, whole as numerator, part as denominator", f"only: {WORDS}", ""),
    "mean": ("on_date, whole as amount", f"only: {WORDS}", ""),
    "quantile": ("on_date, whole as amount", f"p50: {WORDS}", ""),
    "stock": ("on_date as from_on, until_on", f"only: {WORDS}", ""),
    "stock_share": (
        "on_date as from_on, until_on, cast(on_date + whole * interval 1 day as date) as marked_on",
        f"only: {WORDS}",
        "",
    ),
    "stock_age": ("on_date as from_on, until_on", f"p50: {WORDS}", ""),
    "longest": ("on_date as from_on, until_on", f"max: {WORDS}", ""),
    "duration": (
        "on_date as from_on, until_on, outcome",
        f"p50: {WORDS}, within_30: {WORDS}, rmst_30: {WORDS}",
        "events: {done: [done]}\nmax_days: 90\n",
    ),
}


@pytest.fixture(scope="module")
def indicators(tmp_path_factory):
    folder = tmp_path_factory.mktemp("theme")
    found = {}
    for kind, (columns, measures, more) in DEFINITIONS.items():
        path = folder / f"{kind}.sql"
        text = HEADER.format(kind=kind, measures=measures, columns=columns, more=more)
        path.write_text(text, encoding="utf-8")
        found[kind] = Indicator.load(path)
    return found


def compute(indicators, facts_, silent, regions=REGIONS):
    con = duckdb.connect()
    con.execute("create schema model")
    con.execute("create schema geo")
    con.execute(
        "create table geo.regions (region_row text, region_code text, name_zh text, name_en text,"
        "level text, city_code text, province_code text, valid_from date, valid_to date, "
        "stable_unit text)"
    )
    for r in regions:
        row = [r.row, r.code, r.code, r.code, r.level, r.city, "1", r.valid_from, r.valid_to]
        con.execute("insert into geo.regions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [*row, r.unit])
    con.execute(
        "create table geo.region_successors "
        "(region_row text, successor_row text, from_on date, is_exact boolean)"
    )
    for old, heirs in SUCCESSORS.items():
        for new, exact in heirs:
            row = [old, new, BY_ROW[new].valid_from, exact]
            con.execute("insert into geo.region_successors values (?, ?, ?, ?)", row)
    con.execute(
        "create table model.periods "
        "(period_kind text, period_start date, period_end date, is_closed boolean)"
    )
    for period in periods():
        con.execute("insert into model.periods values (?, ?, ?, true)", list(period))
    con.execute(
        "create table model.coverage "
        "(table_name text, region_row text, from_on date, until_on date)"
    )
    for r in regions:
        until = AS_OF + timedelta(1 - silent.get(r.row, 0))
        con.execute("insert into model.coverage values ('things', ?, ?, ?)", [r.row, OPEN, until])
    con.execute(
        "create table model.rule_calendar (rule_id text, topic text, value integer, "
        "valid_from date, valid_to date, is_verified boolean)"
    )
    con.execute(
        "create table model.things (region_row text, office_id text, seen_until_on date, "
        "colour text, on_date date, until_on date, outcome text, part integer, whole integer)"
    )
    for f in facts_:
        row = [f.region_row, f.seen_until_on, f.colour, f.on_date, f.until_on, f.outcome]
        con.execute(
            "insert into model.things values (?, 'o', ?, ?, ?, ?, ?, ?, ?)", [*row, f.part, f.whole]
        )
    frame = Frame(AS_OF, {"things": {"things"}}, {"colour": COLOURS})
    compute_indicators(con, indicators, frame)
    rows = con.execute(
        "select indicator, measure, level, region_code, period_kind, period_start, by_value,"
        "state, reason, value, n from indicators.indicator_values"
    ).fetchall()
    [(strange,)] = con.execute(
        "select count(*) from indicators.indicator_values where not (isfinite(value) "
        "and isfinite(low) and isfinite(high) and isfinite(change_yoy) and isfinite(change_mom))"
    ).fetchall()
    con.close()
    assert strange == 0, "neither NaN nor infinity"
    assert len({row[:7] for row in rows}) == len(rows)
    return {row[:7]: row[7:] for row in rows}


@settings(max_examples=10)
@given(world=worlds, silent=silences)
def test_every_figure_equals_the_slow_reference(indicators, world, silent):
    shown = compute(indicators, world, silent)
    wanted = {}
    for kind in DEFINITIONS:
        wanted |= expected(kind, world, silent)
    assert set(shown) == set(wanted)
    wrong = {
        key: (shown[key], figure)
        for key, figure in wanted.items()
        if shown[key] != pytest.approx(figure)
    }
    assert wrong == {}


@settings(max_examples=2)
@given(world=worlds)
def test_the_order_of_the_facts_does_not_matter(indicators, world):
    assert compute(indicators, world, {}) == compute(indicators, world[::-1], {})


@settings(max_examples=2)
@given(world=worlds)
def test_a_new_quiet_county_adds_zeros_and_changes_nothing(indicators, world):
    quiet = Region("122", "122", "county", "12")
    before = compute(indicators, world, {})
    after = compute(indicators, world, {}, (*REGIONS, quiet))
    new = {key: figure for key, figure in after.items() if key[3] == "122"}
    assert {key: figure for key, figure in after.items() if key not in new} == before
    assert {figure for key, figure in new.items() if key[0] in {"count", "stock"}} == {
        ("ok", "", 0.0, 0)
    }
    assert {figure[:2] for key, figure in new.items() if key[0] not in {"count", "stock"}} == {
        ("not_available", "no_denominator")
    }
