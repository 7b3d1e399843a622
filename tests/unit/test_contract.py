"""Table contracts: what is read, what is refused, what is rendered."""

import duckdb
import pytest

from pipelines.contract import ContractError, Severity, Table, load_tables

PETS = """table: pets
title: {zh: 宠物, en: Pets}
about: {zh: 每只一行, en: "One row each, it's said"}
grain: pet
key: [pet_id]
columns:
  pet_id: {type: text, required: true, personal: key, zh: 编号, en: Number}
  born_on: {type: date, zh: 生日, en: Day of birth}
  weight: {type: integer, unit: kg, zh: 体重, en: Weight}
  kind: {type: code, codes: [cat, dog], zh: 种类, en: Kind}
rules:
  - {id: P1, severity: warning, scope: row, predicate: weight < 0, zh: 轻, en: Low}
"""


@pytest.fixture
def write(tmp_path):
    def write(text=PETS, name="pets.yml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_contract_is_read_as_it_is_written(write):
    pets = Table.load(write())
    assert (pets.name, pets.key, pets.grain) == ("pets", ("pet_id",), "pet")
    assert pets.column("kind").codes == ("cat", "dog")
    assert pets.column("born_on").sql_type == "DATE"
    assert pets.rules[0].severity is Severity.WARNING
    with pytest.raises(KeyError):
        pets.column("colour")


def test_a_contract_says_when_its_records_happened(write):
    required = PETS.replace("born_on: {type: date,", "born_on: {type: date, required: true,")
    dated = required.replace("key: [pet_id]", "key: [pet_id]\ndated_by: born_on")
    assert Table.load(write(dated)).dated_by == "born_on"
    assert Table.load(write()).dated_by == ""


@pytest.mark.parametrize("name", ["weight", "pet_id", "born_on", "died_on"])
def test_records_happen_on_a_day_that_is_always_there(write, name):
    """No number, no text, no day that may be empty, no column that is not there."""
    dated = PETS.replace("key: [pet_id]", f"key: [pet_id]\ndated_by: {name}")
    with pytest.raises(ContractError, match=f"`dated_by` is `{name}`; expected a required column"):
        Table.load(write(dated))


def test_a_contract_becomes_a_commented_table(write):
    pets = Table.load(write())
    con = duckdb.connect()
    con.execute(pets.create_sql("pets"))
    for statement in pets.comment_sql("pets"):
        con.execute(statement)
    columns = con.execute(
        "select column_name, data_type, comment from duckdb_columns() where table_name = 'pets'"
    ).fetchall()
    assert columns[2] == ("weight", "INTEGER", "体重 Weight [kg]")
    assert [name for name, _, _ in columns] == ["pet_id", "born_on", "weight", "kind"]
    [(about,)] = con.execute("select comment from duckdb_tables()").fetchall()
    assert about == "宠物 Pets. 每只一行 One row each, it's said"


def test_a_derived_table_carries_its_contract_as_a_header(write):
    path = write(f"/*---\n{PETS}---*/\nselect 1 as pet_id\n", "pets.sql")
    assert Table.load(path).query == "select 1 as pet_id"
    assert list(load_tables(path.parent)) == ["pets"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("grain: pet", "grian: pet", "unknown key `grian`; did you mean `grain`?"),
        ("grain: pet\n", "", "key `grain` is missing"),
        ("type: date", "type: day", "column `born_on` has type `day`; expected one of text"),
        ("en: Pets", "fr: Pets", "both `zh` and `en` are needed"),
        ("unit: kg", "units: kg", "did you mean `unit`?"),
        ("scope: row", "scopes: row", "did you mean `scope`?"),
    ],
)
def test_a_contract_that_cannot_be_used_says_what_to_write(write, old, new, message):
    assert old in PETS
    with pytest.raises(ContractError) as caught:
        Table.load(write(PETS.replace(old, new)))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.sql", "select 1", "an SQL file begins with a header"),
        ("a.yml", "a: [", "the header is not YAML"),
        ("a.yml", "only words", "must be a list of `key: value` lines"),
    ],
)
def test_a_header_that_is_not_one_is_refused(write, name, text, message):
    with pytest.raises(ContractError, match=message):
        Table.load(write(text, name))
