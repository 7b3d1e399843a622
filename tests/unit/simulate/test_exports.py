"""What the offices send: files, headers, encodings, and where invented identities lie."""

import re

import pytest

from tests.unit.simulate.conftest import CASES, read_export

HEADERS = {
    "case_register": (
        "信访编号,事项编号,登记机构,问题属地,信访形式,信访目的,内容分类,接收层级,人次,是否初次,"
        "登记时间,更新时间,信访人姓名,联系电话"
    ),
    "step_log": "信访编号,步骤序号,步骤,时间,转出单位,转入单位,处理意见,结论,延期天数,录入时间",
    "leader_visits": (
        "活动编号,下访日期,下访地,领导层级,下访方式,固定接访日,接待室数,到场领导数,状态,组织机构"
    ),
    "visit_announcements": "公告编号,活动编号,公告日期,媒介,含时间,含地点,含方式",
    "receptions": (
        "批次编号,活动编号,信访编号,接待机构,接待地,接待层级,接待时间,接待室,人次,代表人数,"
        "问题数,当场化解数,接待分钟,接待结果,来访人姓名"
    ),
    "evaluations": "评价编号,信访编号,评价对象,邀请时间,作答时间,评价方式,评价,是否解决,剔除原因",
}
NAMES = {
    "case_register": "信访件登记",
    "step_log": "办理步骤",
    "leader_visits": "下访接访",
    "visit_announcements": "下访公告",
    "receptions": "接待登记",
    "evaluations": "满意度评价",
}
CITIES = {f"F{number:02d}" for number in range(1, 12)}
WITH_IDENTITIES = {"case_register", "receptions", "visit_registrations"}
PROVINCE_TABLES = {"leader_visits", "visit_announcements", "receptions"}
OLD_FILE = "F05_信访件登记_旧系统_20261031.csv"


@pytest.mark.parametrize("table", sorted(HEADERS))
def test_each_office_sends_one_file_with_the_agreed_name_and_header(demo, table):
    senders = CITIES | ({"F00"} if table in PROVINCE_TABLES else set())
    files = [path for path in sorted((demo.home.inbox / table).iterdir()) if path.name != OLD_FILE]
    assert [path.name for path in files] == [
        f"{sender}_{NAMES[table]}_20261031.csv" for sender in sorted(senders)
    ]
    assert {",".join(read_export(path)[0]) for path in files} == {HEADERS[table]}


def test_one_office_renamed_its_columns_in_2014(demo):
    """Of what it registered before, the file has the old headers; nothing is in both files."""
    old, new = (
        demo.home.inbox / "case_register" / name
        for name in (OLD_FILE, OLD_FILE.replace("_旧系统", ""))
    )
    (old_header, old_rows), (new_header, new_rows) = read_export(old), read_export(new)
    columns = dict(zip(old_header, new_header, strict=True))
    renamed = {before: now for before, now in columns.items() if before != now}
    assert renamed == demo.truth["old_headers"]["columns"]
    assert renamed["信访件编号"] == "信访编号"
    at = new_header.index("登记时间")
    assert max(row[at] for row in old_rows) < "2014-01-01" <= min(row[at] for row in new_rows)
    assert min(row[at] for row in old_rows) < "2003-02-01"


def test_offices_write_in_three_encodings(demo):
    def encoding(path):
        data = path.read_bytes()
        if data.startswith(b"\xef\xbb\xbf"):
            return "utf-8 with mark"
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            data.decode("gb18030")
            return "gb18030"
        return "utf-8"

    registers = sorted((demo.home.inbox / "case_register").iterdir())
    found = [encoding(path) for path in registers if path.name != OLD_FILE]
    assert found.count("gb18030") == 2
    assert found.count("utf-8 with mark") == 4
    assert found.count("utf-8") == 11 - 2 - 4


def test_case_numbers_are_unique_and_as_many_as_asked_for(demo):
    assert demo.value("select count(distinct 信访编号) from case_register") == CASES
    numbers = demo.rows("select distinct sender, 信访编号 from case_register")
    assert all(re.fullmatch(rf"{s}-20[0-2]\d-\d{{7}}", number) for s, number in numbers)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("leader_visits", "活动编号"),
        ("visit_announcements", "公告编号"),
        ("receptions", "批次编号"),
        ("evaluations", "评价编号"),
    ],
)
def test_other_numbers_are_unique(demo, table, column):
    ((rows, numbers),) = demo.rows(f"select count(*), count(distinct {column}) from {table}")
    assert rows == numbers == demo.report.rows[table]


def test_identities_are_invented_and_lie_only_in_their_columns(demo):
    surname, phone = re.compile(r".某"), re.compile(r"199-0000-\d{4}")
    people = demo.rows(
        "select 信访人姓名 from case_register union select 来访人姓名 from receptions "
        "union select 登记人姓名 from visit_registrations"
    )
    assert all(surname.fullmatch(name) for (name,) in people)
    assert all(
        phone.fullmatch(number)
        for table in ("case_register", "visit_registrations")
        for (number,) in demo.rows(f"select 联系电话 from {table}")
    )
    for path in demo.home.root.rglob("*"):
        if path.is_file() and path.parent.name not in WITH_IDENTITIES:
            text = path.read_bytes().decode("gb18030" if "F04" in path.name else "utf-8", "ignore")
            assert "199-0000-" not in text
            assert not re.search(r"[，,\n].某[，,\n]", text)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("case_register", "登记时间"),
        ("case_register", "更新时间"),
        ("step_log", "时间"),
        ("step_log", "录入时间"),
        ("receptions", "接待时间"),
        ("evaluations", "邀请时间"),
        ("evaluations", "作答时间"),
        ("visit_announcements", "公告日期"),
    ],
)
def test_nothing_happens_after_the_extract(demo, table, column):
    assert demo.value(f"select max({column}) from {table}") <= "2026-10-31 23:59:59"


@pytest.mark.parametrize(
    ("channel", "opens"),
    [
        ("电话", "2006-07-01"),
        ("网上", "2014-01-01"),
        ("网格", "2018-03-01"),
        ("哨点", "2021-07-01"),
    ],
)
def test_channels_begin_when_they_open(demo, channel, opens):
    assert demo.count("case_register", f"信访形式 = '{channel}'") > 0
    assert demo.count("case_register", f"信访形式 = '{channel}' and 登记时间 < '{opens}'") == 0


def test_a_matter_carries_the_number_of_its_first_case(demo):
    pairs = (
        "case_register as again join case_register as first "
        "on again.事项编号 = 'SX-' || first.信访编号"
    )
    assert demo.count(pairs, "first.是否初次 <> '是'") == 0
    assert demo.count(pairs, "first.登记时间 > again.登记时间") == 0
    assert demo.count(pairs, "(again.信访编号 = first.信访编号) <> (again.是否初次 = '是')") == 0
    # three in ten are meant to repeat; the first ones have nothing to repeat
    assert 0.2 < demo.share("case_register", "是否初次 = '否'") < 0.3
