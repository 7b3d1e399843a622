"""The list of printed figures: the shipped file, an office's own, and what is refused."""

import csv
from pathlib import Path

import duckdb
import pytest

from pipelines.bulletins.numbers import read_number
from pipelines.bulletins.published import contract, load_published
from pipelines.engine.indicator import load_indicators
from pipelines.settings import PACKAGE, SHIPPED_REFERENCE, Home
from pipelines.words import UserError

SHIPPED = SHIPPED_REFERENCE / "published_figures.csv"
HEADER = "figure_id,title_zh,title_en,unit,region_code,as_published,scope,evidence,source,vintage"
LINE = "OWN,本局数字,Our own,batch,330000,{},no_indicator,read,本局通报,first"


def shipped() -> list[dict[str, str]]:
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(home: Home) -> dict[str, tuple[float | None, float | None, str]]:
    with duckdb.connect() as con:
        con.execute("create schema model")
        load_published(con, home)
        rows = con.execute(
            "select figure_id, low, high, ends from model.published_figures"
        ).fetchall()
    return {name: (low, high, ends) for name, low, high, ends in rows}


def own(tmp_path: Path, text: str, more: str = "", cells: str = "") -> Home:
    home = Home(tmp_path)
    home.reference.mkdir()
    (home.reference / "published_figures.csv").write_text(
        f"{HEADER}{more}\n{LINE.format(text)}{cells}\n", encoding="utf-8"
    )
    return home


def test_every_golden_figure_and_the_whole_page_are_there():
    ids = {row["figure_id"].split("_")[0] for row in shipped()}
    assert {f"G{n:02d}" for n in range(1, 25)} <= ids
    page = [row for row in shipped() if row["evidence"] == "stated"]
    assert len(page) > 70
    assert any(row["scope"] == "out_of_scope" and row["region_code"] == "640100" for row in page)
    shown = {row["figure_id"]: f"{row['indicator']}.{row['measure']}" for row in page}
    assert shown["S26_sectors"] == "service_items_online.sectors"
    assert shown["S26_coverage"] == "service_items_online.items"


def test_written_intervals_are_what_the_texts_say():
    """Loading compares them; here only that few rest on a person's reading alone."""
    unread = {row["figure_id"] for row in shipped() if read_number(row["as_published"]) is None}
    assert unread == {
        "N03_hours", "N07_first_notice", "N14_road_done", "N31_sentinel", "S26_items_per_visit"
    }  # fmt: skip


def test_every_indicator_that_is_named_is_defined():
    named = {row["indicator"] for row in shipped() if row["indicator"]}
    defined = load_indicators(PACKAGE / "indicators")
    assert named <= defined.keys()
    for row in shipped():
        if row["indicator"] in defined and row["measure"]:
            measures = {measure.name for measure in defined[row["indicator"]].measures}
            assert row["measure"] in measures, row["figure_id"]


def test_periods_are_days_in_order():
    both = [(row["period_start"], row["period_end"]) for row in shipped()]
    assert all(start < end for start, end in both if start and end)


def test_the_shipped_file_loads(tmp_path: Path):
    loaded = load(Home(tmp_path))
    assert len(loaded) == len(shipped())
    assert loaded["G03_batches"] == (200_000, 300_000, "[)")
    assert loaded["N20_flower_sales"] == (20_000_000, None, "()")


def test_an_office_adds_figures_whose_text_gives_the_interval(tmp_path: Path):
    loaded = load(own(tmp_path, "约15万批"))
    assert loaded["OWN"] == (145_000, 155_000, "[)")
    assert len(loaded) == len(shipped()) + 1


def test_an_interval_that_only_a_person_can_read_is_taken(tmp_path: Path):
    home = own(tmp_path, "上午9点至11点", ",low,high,ends", ",2,2,[]")
    assert load(home)["OWN"] == (2, 2, "[]")


@pytest.mark.parametrize(
    ("text", "more", "cells", "said"),
    [
        ("许多批", "", "", "`OWN` is not read as a number"),
        ("约15万批", ",low,high,ends", ",150000,160000,[)", "not the interval"),
        ("约15万批", ",low,high,ends", ",145000,155000,[]", "not the interval"),
        ("超过5批", ",low,high,ends", ",5,6,()", "not the interval"),
    ],
)
def test_an_interval_that_is_missing_or_contradicts_its_text_is_refused(
    tmp_path: Path, text: str, more: str, cells: str, said: str
):
    with pytest.raises(UserError, match=said):
        load(own(tmp_path, text, more, cells))


def test_a_figure_of_the_shipped_list_cannot_be_given_again(tmp_path: Path):
    home = own(tmp_path, "436批")
    path = home.reference / "published_figures.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("OWN", "G01_batches"), "utf-8")
    with pytest.raises(UserError, match="`G01_batches` is there twice"):
        load(home)


def test_codes_and_columns_are_those_of_the_contract(tmp_path: Path):
    home = own(tmp_path, "436批")
    path = home.reference / "published_figures.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("no_indicator", "any"), "utf-8")
    with pytest.raises(UserError, match="scope"):
        load(home)
    assert contract().key == ("figure_id",)
