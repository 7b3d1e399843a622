"""What the SQL makes of a text, held to a slow plain reading in Python, and to never failing."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest import personal
from pipelines.ingest.amounts import amount_sql
from pipelines.ingest.folding import fold_sql, folded, is_folded_sql
from pipelines.ingest.moments import Zones, moment_sql
from pipelines.ingest.written_dates import NAMED

HERE = Zones("Asia/Shanghai", "Asia/Shanghai")
PRECISIONS = ("second", "minute", "day", "month")
MOMENT = moment_sql("written", "mended", NAMED, HERE, PRECISIONS)
MARKS = "0123456789年月日时分秒-/.: T上下午APMZ+〇一十廿万亿人,￥１２：　\u200b@微信wx张伟"


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def ask(con: duckdb.DuckDBPyConnection, sql: str, text: str) -> object:
    ((found,),) = con.execute(f"select {sql} from (select ? as written)", [text]).fetchall()
    return found


def read_moment(con: duckdb.DuckDBPyConnection, text: str) -> tuple[datetime | None, str | None]:
    """As `reading.py` goes through the steps of a field."""
    plain, value = MOMENT.plain_precision, MOMENT.precision
    (row,) = con.execute(
        f"with first as (select ? as written), plain as (select *, {MOMENT.plain} as seen "
        f"from first), again as (select *, case when seen is null then {MOMENT.mended} end "
        f"as mended from plain), valued as (select *, case when mended is null then seen else "
        f"{MOMENT.value} end as found from again) select found, case when found is null then null "
        f"when mended is null then {plain} else {value} end from valued",
        [text],
    ).fetchall()
    return row


def numeral(number: int) -> str:
    """A number below 100 as it is said."""
    tens, ones = divmod(number, 10)
    said = "零一二三四五六七八九"
    head = "" if not tens else "十" if tens == 1 else f"{said[tens]}十"
    return head + (said[ones] if ones or not tens else "")


def day_forms(day: date) -> list[str]:
    year = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(day.year))
    return [
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y年%m月%d日}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y-%m-%d}",
        f"{day:%Y%m%d}",
        f"{year}年{numeral(day.month)}月{numeral(day.day)}日",
    ]


def clock_forms(at: datetime) -> list[str]:
    half, hour = ("上午", "下午")[at.hour // 12], at.hour % 12 or 12
    return [
        f" {at:%H:%M}",
        f" {at.hour}时{at.minute}分",
        f" {at.hour}点{at.minute}分",
        f" {half}{hour}:{at:%M}",
        f"{half}{hour}点{at:%M}分",
        f" {hour}:{at:%M} {'AP'[at.hour // 12]}M",
        f"T{at:%H:%M}Z",
    ]


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


DAYS = st.dates(date(1901, 1, 1), date(2098, 12, 31))


@given(day=DAYS, form=st.integers(0, 6), is_wide=st.booleans())
def test_a_day_is_read_however_it_is_written(con, day: date, form: int, is_wide: bool):
    text = day_forms(day)[form]
    found = read_moment(con, wide(text) if is_wide else text)
    assert found == (datetime.combine(day, datetime.min.time()), "day")


@given(
    at=st.builds(datetime.combine, DAYS, st.times()),
    day_form=st.integers(0, 6),
    form=st.integers(0, 6),
)
def test_a_minute_is_read_however_it_is_written(con, at: datetime, day_form: int, form: int):
    at = at.replace(second=0, microsecond=0)
    found = read_moment(con, day_forms(at.date())[day_form] + clock_forms(at)[form])
    if form == 6:
        at = at.replace(tzinfo=UTC).astimezone(ZoneInfo(HERE.home)).replace(tzinfo=None)
    assert found == (at, "minute")


@given(day=DAYS, second=st.integers(0, 86_399))
def test_a_serial_number_is_a_day_and_a_second(con, day: date, second: int):
    number = (day - date(1899, 12, 30)).days
    if not 10_000 <= number <= 99_999:
        return
    midnight = datetime.combine(day, datetime.min.time())
    moment = moment_sql("written", "mended", ("excel",), HERE, PRECISIONS)
    sql = f"(select {moment.value} from (select {moment.mended} as mended))"
    assert ask(con, sql, str(number)) == midnight
    exact = f"{number + second / 86_400:.10f}"
    assert ask(con, sql, exact) == midnight + timedelta(seconds=second)


@given(text=st.text(MARKS, max_size=24) | st.text(max_size=12))
def test_nothing_that_is_written_makes_the_reading_fail(con, text: str):
    text = text.replace("\0", "")
    read_moment(con, text)
    folded_text = fold_sql("written")
    for sql in (
        amount_sql(folded_text, "人次", ""),
        personal.is_personal_sql(folded_text),
        personal.is_name_sql(folded_text),
        personal.is_identity_sql(folded_text),
    ):
        ask(con, sql, text)


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8))
def test_sql_and_python_fold_alike(con, text: str):
    assert ask(con, fold_sql("written"), text) == folded(text)
    if ask(con, is_folded_sql("written"), text):
        assert folded(text) == text.strip(" \t")


@given(
    text=st.text("ＡＺａ０９（）：－⼀⽊e\u0301\u200b\u2067\ufeff\u3000\u00a0信访A1", max_size=8)
)
def test_folding_is_compatibility_composition_without_what_cannot_be_seen(text: str):
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    assert folded(text) == unicodedata.normalize("NFKC", seen).strip(" \t")


def plain_amount(text: str) -> Fraction | None:
    """An amount read step by step."""
    sign, text = ("-", text[1:]) if text[:1] == "-" else ("", text.removeprefix("+"))
    text = text.removeprefix("¥")
    for word in ("人次", "人", "名", "位", "个"):
        if text.endswith(word):
            text = text.removesuffix(word)
            break
    factor = 1
    for word, times in (("万", 10**4), ("亿", 10**8)):
        if text.endswith(word):
            text, factor = text.removesuffix(word), times
            break
    whole, point, part = text.partition(".")
    groups = whole.split(",")
    if len(groups) > 1 and not (
        1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    ):
        return None
    digits = "".join(groups)
    if not re.fullmatch("[0-9]+", digits) or (point and not re.fullmatch("[0-9]+", part)):
        return None
    return Fraction(f"{sign}{digits}.{part or 0}") * factor


AMOUNTS = st.from_regex(
    r"[+-]?¥?[+-]?[0-9]{1,4}(,[0-9]{2,3}){0,2}(\.[0-9]{0,9})?[万亿]?(人次|人|件|个)?",
    fullmatch=True,
)


@given(text=AMOUNTS)
def test_an_amount_is_exact_or_none(con, text: str):
    found = ask(con, amount_sql("written", "人次", ""), text)
    expected = plain_amount(text)
    assert (None if found is None else Fraction(str(found))) == expected


@given(text=AMOUNTS)
def test_a_column_in_ten_thousands_is_ten_thousand_times_as_much(con, text: str):
    found = ask(con, amount_sql("written", "人次", "万"), text)
    plain = plain_amount(text)
    expected = None if plain is None or "万" in text or "亿" in text else plain * 10**4
    assert (None if found is None else Fraction(str(found))) == expected


def check_digit(digits: str) -> str:
    """GB 11643, by its own words: powers of two modulo 11."""
    total = sum(int(digit) * pow(2, 17 - at, 11) for at, digit in enumerate(digits))
    return "0123456789X"[(12 - total % 11) % 11]


def luhn(digits: str) -> str:
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


@given(
    born=st.dates(date(1920, 1, 1), date(2010, 12, 31)),
    region=st.integers(110000, 659999),
    number=st.integers(0, 999),
    is_lower=st.booleans(),
)
def test_identity_numbers_are_told_by_their_check_digit(con, born, region, number, is_lower):
    head = f"{region}{born:%Y%m%d}{number:03}"
    digit = check_digit(head)
    whole = head + (digit.lower() if is_lower else digit)
    assert ask(con, personal.is_identity_sql("written"), f"号{whole}。") is True
    wrong = head + str((int(digit) + 1) % 10 if digit != "X" else 1)
    assert ask(con, personal.is_identity_sql("written"), wrong) is False
    for text in (whole, f"{whole[:6]} {whole[6:14]}-{whole[14:]}"):
        assert ask(con, personal.is_personal_sql("written"), text) is True
        assert personal.is_personal(text)


@given(head=st.from_regex(r"\A[3-6][0-9]{14,17}\Z").map(lambda t: t.strip()))
def test_cards_are_told_by_their_last_digit(con, head: str):
    right, others = luhn(head), [d for d in "0123456789" if d != luhn(head)]
    cards = [personal._is_card(head + digit) for digit in (right, *others)]
    assert cards == [True, *[False] * 9]
    assert ask(con, personal.is_personal_sql("written"), head + right) is True


@given(text=st.text("138 0-9@微信号wxvid_a.b：张伟", max_size=22))
def test_what_is_personal_is_always_worth_a_look(con, text: str):
    text = folded(text)
    if ask(con, personal.is_personal_sql("written"), text):
        assert ask(con, personal.is_worth_a_look_sql("written"), text)
        assert personal.is_personal(text)
