"""One guard against formulas, in Python and in SQL alike."""

import duckdb
import pytest

from pipelines.spreadsheet import FORMULA_SIGNS, guarded, guarded_sql, unguarded

TEXTS = (*(f"{sign}1+1" for sign in FORMULA_SIGNS), "'=1", "''", "1=1", "张三", "", "'")


@pytest.mark.parametrize("text", TEXTS)
def test_sql_guards_as_python_does_and_the_text_comes_back(text: str):
    sql = duckdb.execute(f"select {guarded_sql('t')} from (select ? as t)", [text]).fetchall()
    assert sql == [(guarded(text),)]
    assert not guarded(text).startswith(FORMULA_SIGNS)
    assert unguarded(guarded(text)) == text
