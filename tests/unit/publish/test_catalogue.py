import pytest

from pipelines.publish.catalogue import PublishedTable, load_catalogue
from pipelines.publish.downloads import csv_header
from pipelines.words import Lang

CATALOGUE = load_catalogue()


def test_a_release_has_four_schemas_and_no_other():
    assert {table.schema for table in CATALOGUE} == {"public", "geo", "dictionary", "quality"}


def test_indicator_values_has_the_columns_that_the_architecture_lists():
    listed = (
        "indicator, measure, level, region_code, region_zh, region_en, basis, period_kind, "
        "period_start, period_end, by_name, by_value, numerator, denominator, value, low, high, "
        "conf_level, n, unit, state, reason, flags, coverage, change_yoy, change_mom, rule_id, "
        "vintage"
    )
    [values] = [table for table in CATALOGUE if table.name == "public.indicator_values"]
    assert [column.name for column in values.contract.columns] == listed.split(", ")


@pytest.mark.parametrize("table", CATALOGUE, ids=lambda table: table.name)
def test_every_table_can_be_sorted_and_has_distinct_chinese_headers(table: PublishedTable):
    names = [column.name for column in table.contract.columns]
    assert set(table.contract.key) <= set(names)
    for lang in Lang:
        header = csv_header(table, lang)
        assert len(set(header)) == len(names)


@pytest.mark.parametrize("table", CATALOGUE, ids=lambda table: table.name)
def test_no_table_has_a_column_that_could_hold_a_person_or_a_case(table: PublishedTable):
    forbidden = {"case_id", "matter_key", "evaluation_id", "batch_id", "visit_id", "record_no"}
    assert {column.name for column in table.contract.columns}.isdisjoint(forbidden)
    assert [column.name for column in table.contract.columns if column.personal] == []
