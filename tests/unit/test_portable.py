"""The portable subset: what is refused, where, and what to write instead."""

from pathlib import Path

import pytest

from pipelines.portable import IndicatorError, read_query

HERE = Path("some/thing.sql")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "select a / b as c from t",
            "`division` is outside the portable subset; return both terms",
        ),
        ("select a // b as c from t", "`division`"),
        ("select * from t", "`select *` is outside the portable subset; name the columns"),
        ("select t.* from t", "`select *`"),
        ("select date_trunc('month', d) as m from t", "`date_trunc` is outside"),
        ("select extract(year from d) as y from t", "`date_trunc` is outside"),
        ("select a from t where d <= as_of", "`as_of` is outside the portable subset; return seen"),
        ("select a, count(*) from t group by all", "`group by all`"),
        ("select a from t asof join u using (d)", "`asof or natural join`"),
        ("select a from t natural join u", "`asof or natural join`"),
        ("select distinct on (a) a, b from t", "`distinct on` is outside the portable subset; use"),
        ("select median(a) from t", "return one row with its amount for each unit"),
        (
            "select made_up(a) from t",
            "`made_up()` is outside the portable subset; use one of abs, ",
        ),
        ("select date_diff('month', a, b) from t", "write date_diff('day', a, b)"),
        ("select a from t tablesample 5%", "`tablesample`"),
        ("select a from t, lateral (select 1) as u", "`lateral join`"),
        ("with recursive s as (select 1 as a) select a from s", "`with recursive`"),
        (
            "select sum(a) over (order by d range between interval 1 day preceding and current row)"
            " from t",
            "`range frame`",
        ),
        ("select c * 1.5 as d from t", "`a decimal number`"),
        ("select closed_on - opened_on as d from t", "`date - date`"),
        ("select cast(a as date) - b_on as d from t", "write date_diff('day', a, b)"),
        ("select sum(a > 1) as n from t", "`sum of a condition` is outside the portable subset"),
        ("select sum(is_late) as n from t", "write count(*) filter (where ...)"),
        ("select b as c, c + 1 as d from t", "`a name that the same select gives`"),
        ("select b as c from t where c > 1", "give it in a step (with) before"),
        ("select quantile_cont(a, 0.5) as m from t", "`percentile_cont()`"),
        (
            "select percentile_cont(0.5) within group (order by a) as m from t",
            "`percentile_cont()`",
        ),
        ("select arg_min(a, b) as m from t", "keep the first"),
        ("select histogram(a) as h from t", "; group by the value and count"),
        ("select grouping(a, b) as g from t group by a, b", "write one query for each"),
        ("select dayofweek(d) as w from t", "join calendar_days"),
        ("select strip_accents(a) as w from t", "`strip_accents()`"),
        ("select a from generate_series(1, 3) as t(a)", "; join periods or calendar_days"),
        ("pivot t on a using sum(b)", "expected one `select` and nothing else"),
        ("select a from t pivot (sum(b) for c in ('x'))", "`pivot`"),
        ("select a from t; select b from t", "expected one `select` and nothing else"),
        ("drop table t", "expected one `select` and nothing else"),
        ("select a from t wher e = (", "not SQL"),
    ],
)
def test_what_another_engine_answers_differently_is_refused(query, message):
    with pytest.raises(IndicatorError) as caught:
        read_query(HERE, query)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "query",
    [
        "select count(*) filter (where a > 1) as n, sum(b) as s from t group by c",
        "select coalesce(a, b), case when a is null then 1 end as x from t left join u on true",
        "select date_diff('day', a, b) as days, cast(c - interval 1 day as date) as d from t",
        "select row_number() over (partition by a order by b rows unbounded preceding) as r from t",
        "select least(a, b), substring(lower(c), 1, 7) from t where exists (select 1 from u)",
    ],
)
def test_the_subset_itself_passes(query):
    assert read_query(HERE, query).sql()


@pytest.mark.parametrize(
    "query",
    [
        "select extract(year from d) as y, date_trunc('quarter', d) as q from t",
        "select lag(a) over (order by b) as before, as_of from t",
    ],
)
def test_derived_tables_may_bucket_dates_and_look_at_neighbours(query):
    assert read_query(HERE, query, is_table=True)
    with pytest.raises(IndicatorError):
        read_query(HERE, query)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("select extract(isodow from d) as w from t", "`that part of a date`"),
        ("select median(a) as m from t", "`median()` is outside"),
        ("select a, count(*) as n from t group by all", "`group by all`"),
    ],
)
def test_derived_tables_are_held_to_the_same_subset(query, message):
    with pytest.raises(IndicatorError) as caught:
        read_query(HERE, query, is_table=True)
    assert message in str(caught.value)


def test_the_names_of_other_selects_and_of_tables_are_no_names_of_the_same_select():
    assert read_query(HERE, "select coalesce(a, 0) as a, a + 1 as b from t")
    assert read_query(HERE, "select b as c, t.c + 1 as d, (select max(c) from u) as e from t")
    assert read_query(HERE, "select b as c, count(*) as n from t group by c order by c")


def test_an_error_names_the_file_and_the_line_of_the_file():
    query = "select\n    a,\n    b / c as d\nfrom t"
    with pytest.raises(IndicatorError, match=r"^thing\.sql, line 12: "):
        read_query(HERE, query, first_line=10)


def test_an_error_without_a_word_of_its_own_takes_the_line_of_its_clause():
    with pytest.raises(IndicatorError, match=r"line 2: `now\(\)`"):
        read_query(HERE, "select a\nfrom t where now() > b")
    with pytest.raises(IndicatorError, match=r"line 1: `random\(\)`|line 1: `rand\(\)`"):
        read_query(HERE, "select random()")
