"""The one schema of published estimates."""

import duckdb
import pytest

from pipelines.engine.values import VALUE_COLUMNS
from pipelines.methods.estimates import estimate_columns


def test_the_columns_make_a_table_with_the_strata_after_the_measure():
    columns = estimate_columns(["level", "region_code"])
    names = list(columns)
    assert names[:4] == ["indicator", "measure", "level", "region_code"]
    con = duckdb.connect()
    con.execute(f"create table t ({', '.join(f'{n} {t}' for n, t in columns.items())})")
    assert [row[0] for row in con.execute("describe t").fetchall()] == names
    assert columns["value"] == "DOUBLE"
    assert columns["as_of"] == "DATE"


def test_what_an_indicator_value_has_too_bears_the_same_name_and_type():
    theirs = dict(item.split() for item in VALUE_COLUMNS.replace("\n", " ").split(",") if item)
    ours = estimate_columns(["level", "region_code"])
    shared = {"indicator", "measure", "period_start", "period_end", "value", "low", "high",
              "conf_level", "n", "unit", "state", "reason", "flags"}  # fmt: skip
    assert {name: ours[name] for name in shared} == {name: theirs[name] for name in shared}


def test_a_stratum_may_not_be_called_as_a_column_is():
    with pytest.raises(ValueError, match="value"):
        estimate_columns(["value"])
