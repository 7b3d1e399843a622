"""The dictionary of the site: an entry for each indicator, saying what its own files say."""

import re
import shutil
from html import unescape
from pathlib import Path

import duckdb
import pytest

from pipelines.engine.indicator import load_indicators
from pipelines.indicators.example import Example, read_rows
from pipelines.publish.site.dictionary import Dictionary
from pipelines.publish.site.entries import Entry, EntryWriter, Use, by_theme
from pipelines.publish.site.wording import Names, Speaker
from pipelines.settings import PACKAGE
from pipelines.words import Lang
from tests.site.conftest import Site

INDICATORS = load_indicators(PACKAGE / "indicators")
ZH, EN = Speaker(Lang.ZH), Speaker(Lang.EN)
NEED_MORE_CASES = {
    "delayed_entry",
    "office_bootstrap",
}  # the invented world has no lists of offices
USES = {"tier_flow": [Use("tiers.html", "tier-flow", Names("从哪来？", "From where?"))]}


@pytest.fixture(scope="module")
def entries(con: duckdb.DuckDBPyConnection) -> dict[str, Entry]:
    found = EntryWriter(con, Dictionary(con), EN, USES).entries()
    return {entry.indicator: entry for entry in found}


def section(entry: Entry, name: str):
    return next((part for part in entry.parts if part.id == name), None)


def test_every_estimate_says_what_to_bear_in_mind_of_its_method(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = con.execute("select distinct method, indicator, caveats from public.estimates")
    rows = [(method, indicator, set(keys.split())) for method, indicator, keys in found.fetchall()]
    told = {method for (method,) in con.execute("select method from dictionary.methods").fetchall()}
    assert told - {method for method, _, _ in rows} <= NEED_MORE_CASES
    (known,) = con.execute("select list(caveat) from dictionary.caveats").fetchall()[0]
    for method, indicator, keys in rows:
        of_figure = set(INDICATORS[indicator].caveats) if indicator in INDICATORS else set()
        assert keys <= set(known), method
        assert keys - of_figure, method


def test_every_indicator_has_an_entry_and_the_list_leads_to_it(site: Site) -> None:
    for lang in Lang:
        folder = site.folder / lang / "indicators"
        assert {page.stem for page in folder.glob("*.html")} == {"index", *INDICATORS}
        listed = re.findall(r'<li><a href="(\w+)\.html">', (folder / "index.html").read_text())
        assert sorted(listed) == sorted(INDICATORS)


@pytest.mark.parametrize("name", sorted(INDICATORS))
def test_an_entry_says_what_the_definition_says(entries: dict[str, Entry], name: str) -> None:
    indicator, entry = INDICATORS[name], entries[name]
    terms = dict(entry.terms)
    assert terms["Numerator"] == indicator.numerator.en
    assert terms.get("Denominator") == (indicator.denominator and indicator.denominator.en)
    assert terms["Left out"] == indicator.exclusions.en
    assert terms["Not to be used for"] == indicator.not_for.en
    assert len(entry.caveats) == len(indicator.caveats)
    figures = section(entry, "figures").tables[0][1]
    assert [row[0] for row in figures.rows] == [measure.name for measure in indicator.measures]
    history = section(entry, "history").tables[0][1]
    assert {change.words.en for change in indicator.changes} <= {row[2] for row in history.rows}
    query = section(entry, "query")
    assert (query.code if query else "") == indicator.query.strip()
    rules = section(entry, "rules")
    assert bool(rules) <= bool(indicator.rule)


@pytest.mark.parametrize("name", sorted(INDICATORS))
def test_the_worked_example_is_printed_whole(entries: dict[str, Entry], name: str) -> None:
    example = Example.load(INDICATORS[name].path.parent / f"{name}.example.yml")
    part = section(entries[name], "example")
    assert example.why.en in part.message
    tables = [*example.given.values(), example.expect]
    assert len(part.tables) == len(tables)
    for (_, grid), rows in zip(part.tables, tables, strict=True):
        heads = [head.label for head in grid.heads]
        assert [dict(zip(heads, row, strict=True)) for row in grid.rows] == read_rows(rows)


def test_rules_are_listed_by_date_with_what_is_not_checked(entries: dict[str, Entry]) -> None:
    rows = section(entries["ontime_closure_rate"], "rules").tables[0][1].rows
    assert any(row[1] == "in force" for row in rows)
    assert {row[2] for row in rows} >= {"60 days"}
    assert {row[5] for row in rows} <= {"checked", "not checked"}


def test_a_derived_indicator_names_what_it_stands_on(entries: dict[str, Entry]) -> None:
    entry = entries["visit_targeting_index"]
    assert dict(entry.terms)["Derived from"] == "Leader visits, Long-standing open submissions"
    assert section(entry, "query") is None


def test_an_entry_leads_to_the_charts_that_draw_it(entries: dict[str, Entry]) -> None:
    assert section(entries["tier_flow"], "charts").links == (
        ("tiers.html#tier-flow", "From where?"),
    )
    assert section(entries["redo_rate"], "charts") is None


def test_themes_stand_in_the_order_of_the_words_file(entries: dict[str, Entry]) -> None:
    themes = [theme for theme, _ in by_theme(list(entries.values()))]
    assert themes[:3] == ["Volume", "Leader visits", "Timeliness"]
    assert len(themes) == len(set(themes)) == len({each.theme for each in INDICATORS.values()})


def test_a_release_without_examples_still_has_its_entries(release: Path, tmp_path: Path) -> None:
    shutil.copy(release, tmp_path / "old.duckdb")
    with duckdb.connect(tmp_path / "old.duckdb") as con:
        con.execute("drop table dictionary.examples")
        found = EntryWriter(con, Dictionary(con), ZH, {}).entries()
    assert len(found) == len(INDICATORS)
    assert all(section(entry, "example") is None for entry in found)


def test_every_chart_and_card_leads_to_the_entries_of_its_indicators(site: Site) -> None:
    for lang in Lang:
        text = (site.folder / lang / "tiers.html").read_text(encoding="utf-8")
        assert 'href="indicators/tier_flow.html"' in text
        text = (site.folder / lang / "index.html").read_text(encoding="utf-8")
        assert '<h3><a href="indicators/submission_count.html">' in text


def test_english_entries_hold_no_chinese_but_in_invented_rows(site: Site) -> None:
    for page in (site.folder / "en" / "indicators").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        text = re.sub(r'<div class="scroll given".*?</div>', "", text, flags=re.DOTALL)
        text = unescape(re.sub(r"<[^>]+>", " ", text))
        assert set(re.findall("[\u4e00-\u9fff]+", text)) <= {"中文", "云泽省信访局", "虚构"}, (
            page.name
        )
