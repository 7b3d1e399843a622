"""What the newspaper page tells of has its export, its indicator and its golden check."""

import re

import pytest
import yaml

from pipelines.methods.estimates import Method
from pipelines.settings import PACKAGE, PROJECT

INVENTORY = yaml.safe_load(
    (PROJECT / "tests/conventions/article_inventory.yml").read_text(encoding="utf-8")
)
SOURCES = {path.stem for path in PACKAGE.glob("sources/*.yml")}
INDICATORS = {
    path.stem
    for path in PACKAGE.glob("indicators/*/*")
    if path.suffix in {".sql", ".yml"} and not path.name.endswith(".example.yml")
}
# A method keeps the id under which its rows are released.
THERE = INDICATORS | set(Method)
KEYS = {"what", "sources", "indicators", "awaited", "golden", "no_figure"}
# Exports that the page does not tell of; the law's yearly report (2005, article 39) asks for it.
BESIDE_THE_ARTICLE = {"policy_suggestions"}

rows = pytest.mark.parametrize("row", INVENTORY.values(), ids=INVENTORY)


def test_no_row_of_the_page_is_missing():
    assert list(INVENTORY) == [f"S{number}" for number in range(1, 28)]


@rows
def test_a_row_says_what_it_is_and_has_its_export_and_its_indicator(row):
    assert set(row) <= KEYS
    assert set(row["what"]) == {"zh", "en"}
    assert row["sources"]
    assert set(row["sources"]) <= SOURCES
    assert row["indicators"]
    assert set(row["indicators"]) <= THERE


@rows
def test_what_is_awaited_is_not_there_yet(row):
    there = sorted(THERE.intersection(row.get("awaited", ())))
    assert there == [], "move these ids of article_inventory.yml from `awaited` to `indicators`"


@rows
def test_a_row_has_a_golden_check_or_says_why_there_is_no_figure(row):
    assert bool(row.get("golden")) != bool(row.get("no_figure"))
    for name in row.get("golden", ()):
        file, _, test = name.partition("::")
        text = (PROJECT / file).read_text(encoding="utf-8")
        assert re.search(rf"^def {test}\(", text, re.MULTILINE), name


def test_every_shipped_export_is_of_the_page_or_says_that_it_is_not():
    told = {source for row in INVENTORY.values() for source in row["sources"]}
    assert SOURCES - told == BESIDE_THE_ARTICLE
