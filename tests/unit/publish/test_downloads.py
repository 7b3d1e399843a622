import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from pipelines.publish.catalogue import PublishedTable, load_catalogue
from pipelines.publish.downloads import CSV_PARTS, csv_file, csv_header, parquet_file
from pipelines.publish.pointer import Release
from pipelines.settings import Home
from pipelines.spreadsheet import FORMULA_SIGNS
from pipelines.words import Lang
from tests.unit.publish.world import FIGURES, SETTINGS, Figure, publish_figures, table_named

VALUES = table_named("public.indicator_values")
CSV_FIGURES = [figure for figure in FIGURES if not figure.by_value]


def read_csv(release: Release, table: PublishedTable, lang: Lang) -> list[list[str]]:
    path = release.folder / csv_file(table, lang)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("table", load_catalogue(), ids=lambda table: table.name)
def test_parquet_and_csv_hold_the_rows_of_the_database(published: Release, table: PublishedTable):
    file = str(published.folder / parquet_file(table))
    with duckdb.connect() as con:
        con.execute(f"attach '{published.database}' as release (read_only)")
        stored = con.execute(f"select * from release.{table.name}").fetchall()
        assert con.execute("select * from read_parquet(?)", [file]).fetchall() == stored
    part = CSV_PARTS.get(table.name)
    expected = len(stored) if part is None else len(CSV_FIGURES)
    for lang in Lang:
        header, *rows = read_csv(published, table, lang)
        assert header == csv_header(table, lang)
        assert len(rows) == expected


def test_a_parquet_file_says_what_it_is(published: Release):
    file = str(published.folder / parquet_file(VALUES))
    with duckdb.connect() as con:
        pairs = con.execute(
            "select decode(key), decode(value) from parquet_kv_metadata(?)", [file]
        ).fetchall()
        compressions = con.execute(
            "select distinct compression from parquet_metadata(?)", [file]
        ).fetchall()
    assert dict(pairs) == {
        "title_zh": "指标值",
        "title_en": "Indicator values",
        "release": "2026-10-31-r1",
        "as_of": "2026-10-31T23:59:59",
        "data_through": "2026-09-30",
    }
    assert compressions == [("ZSTD",)]


def test_excel_can_tell_that_the_chinese_file_is_utf_8(published: Release):
    first = {lang: (published.folder / csv_file(VALUES, lang)).read_bytes()[:3] for lang in Lang}
    assert first == {Lang.ZH: b"\xef\xbb\xbf", Lang.EN: b"ind"}


def test_no_cell_of_a_csv_is_a_formula(home: Home):
    texts = {f"{sign}HYPERLINK(1)" for sign in FORMULA_SIGNS}
    figures = [Figure(11, year=2000 + n, flags=text) for n, text in enumerate(sorted(texts))]
    release = publish_figures(home, figures)
    place = column_at("flags")
    for lang in Lang:
        cells = {row[place] for row in read_csv(release, VALUES, lang)[1:]}
        assert cells == {f"'{text}" for text in texts}
    with duckdb.connect() as con:
        exact = con.execute(
            "select flags from read_parquet(?)", [str(release.folder / parquet_file(VALUES))]
        ).fetchall()
    assert {text for (text,) in exact} == texts


def test_a_negative_number_is_left_alone(home: Home):
    release = publish_figures(home, [Figure(90, change_yoy=(90 - 120) / 120)])
    [row] = read_csv(release, VALUES, Lang.EN)[1:]
    assert row[column_at("change_yoy")] == str((90 - 120) / 120)


def column_at(name: str) -> int:
    return [column.name for column in VALUES.contract.columns].index(name)


def test_a_csv_that_leaves_rows_out_says_so(published: Release):
    package = json.loads((published.folder / "datapackage.json").read_bytes())
    for resource in package["resources"]:
        says_so = "without breakdown" in resource["description"]
        is_cut = resource["path"].endswith("indicator_values.csv")
        assert says_so == is_cut, resource["path"]


def test_the_same_data_give_the_same_bytes(published: Release, home: Home):
    again = publish_figures(home, reversed(FIGURES))
    for table in load_catalogue():
        for path in (parquet_file(table), *(csv_file(table, lang) for lang in Lang)):
            assert sha256(again.folder / path) == sha256(published.folder / path), path
    assert sha256(again.folder / "datapackage.json") == sha256(
        published.folder / "datapackage.json"
    )


def test_the_data_package_lists_every_file_with_rows_and_its_true_hash(published: Release):
    package = json.loads((published.folder / "datapackage.json").read_bytes())
    listed = {resource["path"]: resource for resource in package["resources"]}
    there = {
        path.relative_to(published.folder).as_posix()
        for folder in ("tables", "csv")
        for path in (published.folder / folder).rglob("*.*")
    }
    assert set(listed) == there
    for path, resource in listed.items():
        assert resource["hash"] == f"sha256:{sha256(published.folder / path)}"
        assert resource["bytes"] == (published.folder / path).stat().st_size
    values = listed["csv/zh/indicator_values.csv"]
    assert values["rows"] == len(CSV_FIGURES)
    assert values["schema"]["fields"][0]["name"] == values["schema"]["primaryKey"][0] == "指标"
    assert len({resource["name"] for resource in package["resources"]}) == len(there)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_data_package_names_publisher_and_licence(home: Home):
    settings = replace(SETTINGS, publisher="甲市信访局", licence="CC-BY-4.0")
    release = publish_figures(home, settings=settings)
    package = json.loads((release.folder / "datapackage.json").read_bytes())
    assert package["licenses"] == [{"name": "CC-BY-4.0"}]
    assert package["contributors"] == [{"title": "甲市信访局", "roles": ["publisher"]}]
