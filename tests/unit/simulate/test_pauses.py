"""Hearings and suspensions: where they lie, and that nothing else moves with them."""

import csv
from datetime import date

import pytest

from pipelines.settings import Home
from pipelines.simulate import pauses
from pipelines.simulate.run import simulate

SMALL = {"cases": 3_000, "until": date(2012, 6, 30)}
LOGS = {"step_log": "步骤", "people_call_steps": "节点"}
PAUSES = {"中止", "恢复", "听证开始", "听证结束"}
SPANS = (
    "(select a.信访编号 as id, a.时间::timestamp as since, b.时间::timestamp as until "
    "from steps as a left join steps as b on a.信访编号 = b.信访编号 and b.步骤 = '{end}' "
    "where a.步骤 = '{start}') as span join (select 信访编号 as id, "
    "max(时间::timestamp) filter (where 步骤 = '{after}') as after, "
    "max(时间::timestamp) filter (where 步骤 = '{before}') as before "
    "from steps group by all) using (id)"
)


@pytest.mark.parametrize(
    ("start", "end", "after", "before"),
    [("中止", "恢复", "受理", "答复"), ("听证开始", "听证结束", "申请复核", "复核决定")],
)
def test_a_pause_lies_within_the_time_that_it_stops(demo, start, end, after, before):
    spans = SPANS.format(start=start, end=end, after=after, before=before)
    assert demo.count(spans) > 0
    assert demo.count(spans, "after is null or since <= after or until <= since") == 0
    assert demo.count(spans, "before <= since or before <= until") == 0
    assert demo.count(spans, "until is null and before is not null") == 0


def test_pauses_are_as_long_and_as_many_as_the_truth_says(demo):
    planted = demo.truth["pauses"]
    for name, start, end, last in (
        ("suspensions", "中止", "恢复", 0), ("hearings", "听证开始", "听证结束", 1)
    ):  # fmt: skip
        spans = SPANS.format(start=start, end=end, after="受理", before="答复")
        assert demo.count(spans) == planted[name]["count"]
        shortest, longest = planted[name]["days"]
        length = f"until::date - since::date + {last} not between {shortest} and {longest}"
        assert demo.count(spans, f"until is not null and {length}") == 0


def test_a_hearing_is_held_on_three_of_ten_rechecks(demo):
    rechecks, heard = (demo.count("steps", f"步骤 = '{step}'") for step in ("申请复核", "听证开始"))
    # five standard deviations of so many draws
    share = demo.truth["pauses"]["hearings"]["share_of_rechecks"]
    assert abs(heard / rechecks - share) < 5 * (share * (1 - share) / rechecks) ** 0.5


def test_without_pauses_every_other_byte_and_every_other_step_is_the_same(tmp_path, monkeypatch):
    paused, plain = Home.at(tmp_path / "paused"), Home.at(tmp_path / "plain")
    simulate(paused, **SMALL)
    monkeypatch.setattr(pauses, "SUSPENDED_SHARE", 0.0)
    monkeypatch.setattr(pauses, "HEARD_SHARE", 0.0)
    simulate(plain, **SMALL)
    moved = 0
    for path in sorted(plain.inbox.rglob("*.csv")):
        other = paused.inbox / path.relative_to(plain.inbox)
        if path.parent.name in LOGS:
            moved += _same_steps(path, other, LOGS[path.parent.name])
        elif path.parent.name == "case_register":
            columns = ("登记时间", "登记日期", "人次", "内容分类", "信访编号", "信访件编号")
            assert _rows(path, columns) == _rows(other, columns)
        else:
            assert path.read_bytes() == other.read_bytes(), path.name
    assert moved > 0


def _read(path):
    encoding = "gb18030" if path.name[:3] in {"C00", "F04", "F08"} else "utf-8-sig"
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def _rows(path, columns):
    return [[row.get(name) for name in columns] for row in _read(path)]


def _same_steps(plain, paused, step):
    """How many cases have a pause; the steps of all others are the same, in the same order."""
    rows = _read(paused)
    touched = {row["信访编号"] for row in rows if row[step] in PAUSES}
    others = [row for row in rows if row["信访编号"] not in touched]
    assert others == [row for row in _read(plain) if row["信访编号"] not in touched]
    return len(touched)
