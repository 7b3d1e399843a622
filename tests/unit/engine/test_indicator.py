"""What a definition must and must not say."""

from datetime import date

import pytest

from pipelines.contract import ContractError
from pipelines.engine.indicator import Indicator, Interval, Kind, load_indicators
from pipelines.portable import IndicatorError

from .conftest import COMMON, WORDS


def refusal(define, *args, **keys):
    with pytest.raises(ContractError) as caught:
        Indicator.load(define(*args, **keys))
    return str(caught.value)


def test_a_complete_header_is_read_as_it_is_written(load):
    indicator = load(
        f"select {COMMON}, on_date, numerator, colour, measure from things join owners using (id)",
        by=["colour"],
        measures={"first": {**WORDS, "unit": "day"}, "second": WORDS},
        changes=[{**WORDS, "date": date(2026, 1, 2)}],
    )
    assert (indicator.id, indicator.kind, indicator.by) == ("thing_count", Kind.COUNT, ("colour",))
    assert [(m.name, m.unit) for m in indicator.measures] == [("first", "day"), ("second", "thing")]
    assert indicator.headline.name == "first"
    assert indicator.reads == {"things", "owners"}
    assert {"on_date", "colour", "seen_until_on"} & indicator.mentions == {"on_date", "colour"}
    assert indicator.changes[0].changed_on == date(2026, 1, 2)


def test_what_a_query_reads_leaves_out_its_own_steps(load):
    query = "with step as (select region_row, on_date from things) select " + COMMON
    assert load(query + ", on_date, 1 as numerator from step").reads == {"things"}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"titel": WORDS}, "unknown key `titel`; did you mean `title`?"),
        ({"question": None}, "key `question` is missing; every count needs it"),
        ({"kind": "number"}, "`kind` is `number`; expected one of count, share"),
        ({"better": "up"}, "`better` is `up`; expected one of higher, lower, neither"),
        ({"since": "early"}, "`since` is `early`; expected a date"),
        ({"kind": "share", "denominator": None}, "key `denominator` is missing; every share"),
        ({"next_review": date(2025, 1, 1)}, "`next_review` must be later"),
        ({"measures": {}}, "`measures` is empty"),
        ({"measures": {"only": {**WORDS, "units": "day"}}}, "did you mean `unit`?"),
        ({"by": ["grain"]}, "`by` names `grain`, which has a meaning of its own"),
        ({"by": ["colour"]}, "the query must return `colour`"),
        ({"measures": {"a": WORDS, "b": WORDS}}, "the query must return `measure`"),
        ({"kind": "ratio"}, "the query must return `denominator`"),
        ({"interval": "wilson"}, "a count cannot have interval `wilson` for `only`"),
        ({"kind": "longest", "cell": "S"}, "a longest spell has `cell: none`"),
        ({"name": "a_name_that_is_longer_than_27"}, "have at most 27 characters"),
        ({"query": "-- nothing"}, "needs a query below its header"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(define, keys, message):
    if keys.get("query"):
        keys = keys | {"query": ""}
    assert message in refusal(define, **keys)


def test_a_column_that_nobody_asked_for_is_refused(define):
    message = refusal(define, f"select {COMMON}, on_date, numerator, colour from things")
    assert "the query returns `colour`, which is neither in `by` nor part of a count" in message


@pytest.mark.parametrize(
    ("measures", "message"),
    [
        (
            {"mean": WORDS},
            "measure `mean`: a duration has measures such as p50, within_60, without_60, rmst_60",
        ),
        ({"within_120": WORDS}, "measure `within_120` looks further than `max_days`"),
    ],
)
def test_a_curve_asks_only_for_what_a_curve_can_tell(define, measures, message):
    query = f"select {COMMON}, from_on, until_on from things"
    keys = {"kind": "duration", "events": {"done": ["done"]}, "max_days": 90}
    assert message in refusal(define, query, measures=measures, **keys)


def test_an_outcome_asks_which_of_them_are_the_event(define):
    query = f"select {COMMON}, from_on, until_on, outcome from things"
    said = refusal(define, query, kind="duration", max_days=90, measures={"p50": WORDS})
    assert "the query returns `outcome`; key `events` says which of them are the event" in said


def test_a_restricted_mean_has_an_interval_of_its_own(load):
    query = f"select {COMMON}, from_on, until_on from things"
    keys = {"kind": "duration", "max_days": 90, "measures": {"p50": WORDS, "rmst_90": WORDS}}
    found = [measure.interval for measure in load(query, **keys).measures]
    assert found == [Interval.LOG_LOG, Interval.NORMAL]
    found = [measure.interval for measure in load(query, **keys, interval="none").measures]
    assert found == [Interval.NONE, Interval.NONE]


def test_the_usual_interval_follows_the_kind(load):
    share = load(kind="share", measures={"a": {**WORDS, "interval": "none"}})
    assert (share.interval, share.headline.interval) == (Interval.WILSON, Interval.NONE)
    assert load().interval is Interval.NONE


def test_a_derived_indicator_is_a_header_alone(tmp_path, define):
    text = define(kind="derived", method="funnel.limits", **{"from": ["other"]}).read_text("utf-8")
    path = tmp_path / "derived_one.yml"
    path.write_text(text.split("/*---")[1].split("---*/")[0], encoding="utf-8")
    derived = Indicator.load(path)
    assert (derived.method, derived.derived_from) == ("funnel.limits", ("other",))
    assert derived.reads == frozenset()


def test_a_folder_is_loaded_by_id_and_examples_are_left_out(tmp_path, define):
    theme = tmp_path / "theme"
    theme.mkdir()
    for name in ("b_count", "a_count"):
        define(name=name).rename(theme / f"{name}.sql")
    (theme / "a_count.example.yml").write_text("why: {}", encoding="utf-8")
    (theme / "notes.txt").write_text("not a definition", encoding="utf-8")
    found = load_indicators(tmp_path)
    assert list(found) == ["a_count", "b_count"]
    assert {indicator.theme for indicator in found.values()} == {"theme"}


def test_an_id_is_defined_once(tmp_path, define):
    for theme in ("one", "two"):
        (tmp_path / theme).mkdir()
        define(name="same").rename(tmp_path / theme / "same.sql")
    with pytest.raises(IndicatorError, match="`same` is defined twice"):
        load_indicators(tmp_path)
