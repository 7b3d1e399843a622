"""Numbers as people write them: SQL that turns what is surely a number into plain digits.

Thousands separators, a currency sign, a counter (人, 件 …) and the multipliers 万 and 亿 are read;
anything that could mean two things (a comma for the decimals, "100余人", "3-5", 三十二) is not.
The decimal point is moved in the text, so that no digit is ever rounded.
"""

from pipelines.ingest.folding import let_sql
from pipelines.quoting import literal

SHIFTS = {"十": 1, "百": 2, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8}
# By the unit of the contract: what may follow the digits and still be that unit.
COUNTERS = {
    "人次": ("人次", "人", "名", "位"),
    "领导人次": ("人次", "人", "名", "位"),
    "天": ("天", "日"),
    "分钟": ("分钟", "分"),
    "间": ("间",),
    "个问题": ("个问题", "问题", "件", "项", "条"),
}
OTHER_COUNTERS = ("人次", "人", "件次", "件", "批次", "批", "次", "户", "元")
WHOLE, DECIMAL = "[+-]?[0-9]+", r"[+-]?[0-9]+(\.[0-9]+)?"


def amount_sql(text: str, unit: str, column_unit: str) -> str:
    """SQL for the plain digits of an amount; null where the text is none.

    Args:
        text: SQL of a folded text.
        unit: the contract's unit of the column.
        column_unit: the multiplier that the mapping says all of the column is in (a key of
            `SHIFTS`); empty for none. No text may then bring one of its own.
    """
    counters = "|".join((*COUNTERS.get(unit, OTHER_COUNTERS), "个"))
    tens = "" if column_unit else "万|亿"
    pattern = (
        r"^([+-]?)[¥$]? ?([0-9]{1,40}|[0-9]{1,3}(?:,[0-9]{3}){1,12})(?:\.([0-9]+))? ?"
        f"({tens})? ?(?:{counters})?$"
    )
    names = "['sign', 'whole', 'part', 'tens']"
    found = f"regexp_extract({text}, {literal(pattern)}, {names})"
    places = str(SHIFTS.get(column_unit, 0))
    if tens:
        arms = " ".join(f"when {literal(word)} then {SHIFTS[word]}" for word in tens.split("|"))
        places = f"case n.tens {arms} else 0 end"
    digits = f"n.sign || replace(n.whole, ',', '') || rpad(n.part, {places}, '0')"
    rest = f"rtrim(substr(n.part, {places} + 1), '0')"
    number = f"{digits} || case when {rest} = '' then '' else '.' || {rest} end"
    return let_sql("n", found, f"case when n.whole <> '' then {number} end")
