"""What a release says of itself, for the shipped definitions."""

from datetime import date

import pytest

from pipelines.engine.indicator import load_indicators
from pipelines.publish.catalogue import load_catalogue, model_tables
from pipelines.publish.documents import Facts, Row, document_rows
from pipelines.settings import PACKAGE, Home
from pipelines.validate.totals import required_checks
from tests.unit.publish.world import AS_OF, SETTINGS

FACTS = Facts(
    release="2026-10-31-r1",
    as_of=AS_OF,
    data_through=date(2026, 9, 30),
    version="1",
    code_sha256="c",
    input_state="s",
    previous="",
)
DOCUMENTS = [table for table in load_catalogue() if table.is_document]


@pytest.fixture
def rows(home: Home) -> dict[str, list[Row]]:
    return document_rows(FACTS, home, SETTINGS, load_indicators(PACKAGE / "indicators"))


def test_every_document_has_rows_and_nothing_else_has(rows: dict[str, list[Row]]):
    assert set(rows) == {table.name for table in DOCUMENTS}


@pytest.mark.parametrize("table", DOCUMENTS, ids=lambda table: table.name)
def test_rows_have_a_cell_for_each_column_and_what_is_required(rows, table):
    columns = table.contract.columns
    for row in rows[table.name]:
        assert len(row) == len(columns)
        for cell, column in zip(row, columns, strict=True):
            assert cell not in (None, "") or not column.required


def test_what_a_definition_refers_to_is_explained(rows: dict[str, list[Row]]):
    names = [column.name for column in table_of("dictionary.indicators").contract.columns]
    used = {
        key
        for row in rows["dictionary.indicators"]
        for key in str(row[names.index("caveats")]).split()
    }
    assert used <= {row[0] for row in rows["dictionary.caveats"]}


def test_every_demanded_check_is_explained(rows: dict[str, list[Row]]):
    assert required_checks(model_tables()) <= {row[:2] for row in rows["dictionary.rules"]}


def test_columns_are_listed_once_and_in_order(rows: dict[str, list[Row]]):
    listed = [row[:4] for row in rows["dictionary.columns"]]
    assert listed == [
        (table.schema, table.contract.name, position, column.name)
        for table in load_catalogue()
        for position, column in enumerate(table.contract.columns, start=1)
    ]


def table_of(name: str):
    return next(table for table in DOCUMENTS if table.name == name)
