"""What looks like it names a person: patterns that are caught before a value can leave the vault.

They look at columns that should hold nothing of the kind (codes, offices, labels, dates, numbers),
at headers and at file names. Columns that are personal are not looked at: they are never taken.

What is wanted is that nothing slips through, not that nothing else is caught. Someone whose office
is caught for a person lists it under `values`, and it is looked at no more.
"""

import re
from collections.abc import Collection
from functools import reduce
from pathlib import PurePosixPath

from pipelines.ingest.folding import folded, let_sql
from pipelines.quoting import literal

LONGEST_CODE = 5  # bytes: a mail address or two Chinese characters have more
SHORTEST_ACCOUNT = 8  # a chat account with its mark
IDENTITY_LENGTH = 18
HAN = "\u4e00-\u9fff"
FIRST_HAN = "\u4e00"

# A birthday within; children born later than 2012 file no petitions, while record numbers built of
# a region and a day look like this from then on.
_BORN = "(?:19[0-9]{2}|200[0-9]|201[0-2])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_BORN_SHORT = "[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
IDENTITY_18 = f"(?:^|[^0-9])([1-9][0-9]{{5}}{_BORN}[0-9]{{3}}[0-9Xx])(?:[^0-9]|$)"
IDENTITY_15 = f"(?:^|[^0-9])[1-9][0-9]{{5}}{_BORN_SHORT}[0-9]{{3}}(?:[^0-9]|$)"
PHONE = r"(?:^|[^0-9])(?:0?86)?1[3-9][0-9]{9}(?:[^0-9]|$)"
CARD = "(?:^|[^0-9])([3-6][0-9]{15,18})(?:[^0-9]|$)"
MAIL = r"[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}"
ACCOUNT = (
    r"(?i:wxid_[a-z0-9]{6,}"
    r"|(?:微信号?|weixin|wechat|(?:^|[^a-z])(?:vx|wx)|v信) ?[:=是为]? ?[a-z][a-z0-9_-]{5,19})"
)
_FIRST_SIGHT = r"[0-9][0-9 -]{9,}[0-9Xx]|微信|(?i:wxid|weixin|wechat|vx|wx|v信)"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"

# The hundred commonest family names, and the double ones of the Hundred Family Surnames.
_FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
    "姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_DOUBLE_FAMILY = (
    "万俟|司马|上官|欧阳|夏侯|诸葛|闻人|赫连|皇甫|尉迟|公羊|澹台|公冶|宗政|濮阳|淳于|太叔|申屠|公孙|仲孙|轩辕|令狐|钟离|宇文|长孙|慕容|鲜于|闾丘"
    "|司徒|司空|亓官|司寇|仉督|颛孙|端木|巫马|公西|漆雕|乐正|壤驷|拓跋|夹谷|宰父|谷梁|段干|东郭|呼延|羊舌|微生|梁丘|左丘|南宫"
)
# What no person's name ends in, and names of offices, places, papers and states do.
_NO_NAME = (
    "局办委会院室队所站镇乡村县市省区部科处厅组街路旗盟府庭社厂校司级类型件案结诉访置台"
    "岗厦楼园表单册报书函稿号口门店行"
)
# Words of headers that begin like a name and that nobody is called.
_WORDS = {
    *("万元", "万人", "万户", "万次", "万人次", "金额", "余额", "余款", "付款", "付费"),
    *("方式", "方法", "程序", "程度", "范围", "任务", "任期", "任职", "任职地", "周期", "周次"),
    *("许可", "许可证", "曾反映", "曾用名"),
}
_FAMILIES = f"(?:{_DOUBLE_FAMILY})[{HAN}]{{1,2}}|[{_FAMILY}][{HAN}]{{1,2}}"
NAME = f"^(?:{_FAMILIES}|[{HAN}]{{2,}}·[{HAN}]{{2,}}|[{HAN}]{{1,3}}(?:先生|女士|同志))$"
NO_NAME = f"[{_NO_NAME}]$"
SHORT_HAN = f"^[{HAN}]{{2,4}}$"
_TOKENS = re.compile(r"[\s_\-.,，、()\[\]【】《》]+")


def is_worth_a_look_sql(text: str) -> str:
    """A predicate, cheap, that is true of every text in which `is_personal_sql` finds anything.

    Args:
        text: SQL of a folded text.
    """
    return (
        f"(contains({text}, '@') or (strlen({text}) >= {SHORTEST_ACCOUNT} "
        f"and regexp_matches({text}, {literal(_FIRST_SIGHT)})))"
    )


def is_personal_sql(text: str) -> str:
    """A predicate: an identity number, phone, bank card, mail or chat account is in the text."""
    joined = f"regexp_replace({text}, '[ -]+', '', 'g')"
    return let_sql(
        "t",
        joined,
        " or ".join(
            (
                *(f"regexp_matches(t, {literal(p)})" for p in (IDENTITY_18, IDENTITY_15, PHONE)),
                f"regexp_matches({text}, {literal(MAIL)})",
                f"regexp_matches({text}, {literal(ACCOUNT)})",
                f"(regexp_matches(t, {literal(CARD)}) and {_is_card_sql('t')})",
            )
        ),
    )


def is_name_sql(text: str) -> str:
    """A predicate: the whole text is like a person's name."""
    return (
        f"(regexp_matches({text}, {literal(NAME)}) and not regexp_matches({text}, "
        f"{literal(NO_NAME)}))"
    )


def is_none_of_sql(text: str, places: Collection[str]) -> str:
    """A predicate: the text is not exactly one of these names of places."""
    # A pattern, not a list: a long list becomes a join, which would lose the order of the records.
    return f"not regexp_full_match({text}, {literal('|'.join(map(re.escape, sorted(places))))})"


def is_no_office_sql(text: str) -> str:
    """A predicate: two to four Chinese characters that do not end as an office's name does."""
    return (
        f"(regexp_matches({text}, {literal(SHORT_HAN)}) and not regexp_matches({text}, "
        f"{literal(NO_NAME)}))"
    )


def is_identity_sql(text: str) -> str:
    """A predicate: an identity number whose check digit (GB 11643) is right is in the text."""
    number = f"regexp_extract({text}, {literal(IDENTITY_18)}, 1)"
    weights = ", ".join(map(str, _WEIGHTS))
    total = (
        f"list_sum(list_transform(range(1, 18), lambda i: cast(d[i] as integer) * [{weights}][i]))"
    )
    check = f"substr({literal(_CHECKS)}, cast({total} % 11 as integer) + 1, 1)"
    return let_sql("d", number, f"case when d <> '' then {check} = upper(d[18]) else false end")


def _is_card_sql(text: str) -> str:
    """A predicate: the card number in the text passes Luhn's test."""
    digit = "cast(d[length(d) - i] as integer)"
    doubled = f"{digit} * 2 - case when {digit} > 4 then 9 else 0 end"
    added = f"case when i % 2 = 0 then {digit} else {doubled} end"
    total = f"list_sum(list_transform(range(0, length(d)), lambda i: {added}))"
    number = f"regexp_extract({text}, {literal(CARD)}, 1)"
    return let_sql("d", number, f"{total} % 10 = 0")


def is_no_office(text: str) -> bool:
    """Whether a folded text is two to four Chinese characters that do not end as an office's."""
    return bool(re.search(SHORT_HAN, text) and not re.search(NO_NAME, text))


def is_personal(text: str, places: Collection[str] = ()) -> bool:
    """Whether a header, a file name or what stands in one looks like it names a person.

    Args:
        text: what stands there.
        places: names of places that are no person's (`namesakes.py`).
    """
    whole = folded(text)
    joined = re.sub("[ -]+", "", whole)
    numbers = (IDENTITY_18, IDENTITY_15, PHONE)
    if any(re.search(pattern, joined) for pattern in numbers):
        return True
    card = re.search(CARD, joined)
    if re.search(MAIL, whole) or re.search(ACCOUNT, whole) or (card and _is_card(card[1])):
        return True
    tokens = set(_TOKENS.split(whole)).difference(_WORDS, places)
    return any(re.search(NAME, token) and not re.search(NO_NAME, token) for token in tokens)


def shown_name(name: str, stand_in: str, places: Collection[str] = ()) -> str:
    """A file's name as it may be shown.

    Args:
        name: the name, with the folders above it if they are to be shown.
        stand_in: what stands for a name that looks like it names a person; its ending is kept.
        places: names of places that are no person's (`namesakes.py`).
    """
    path = PurePosixPath(name)
    is_sound = not any(is_personal(part, places) for part in (*path.parts[:-1], path.stem))
    return name if is_sound else f"{stand_in}{path.suffix}"


def _is_card(number: str) -> bool:
    doubled = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
    digits = [int(digit) for digit in reversed(number)]
    total = reduce(lambda s, p: s + (doubled[p[1]] if p[0] % 2 else p[1]), enumerate(digits), 0)
    return total % 10 == 0
