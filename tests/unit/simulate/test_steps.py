"""The order of steps, limits, and what is still open."""

import pytest

from tests.unit.simulate.conftest import CASES

SIXTY_DAYS_SINCE = "registered >= '2006-01-01'"


def test_each_case_has_four_or_five_steps(demo):
    assert 4.0 < demo.count("steps") / CASES < 5.0


def test_the_first_step_is_the_registration_at_its_time(demo):
    assert demo.rows(
        "select distinct s.步骤, s.时间 = c.登记时间 from steps as s "
        "join case_register as c using (信访编号) where s.步骤序号 = '1'"
    ) == [("登记", True)]


def test_times_follow_the_sequence_except_where_a_closing_was_moved(demo):
    backwards = demo.value(
        "select count(*) filter (where 时间 < before) from (select 时间, lag(时间) over "
        "(partition by 信访编号 order by 步骤序号::integer) as before "
        "from (select distinct * from steps))"
    )
    assert backwards == demo.truth["planted_faults"]["closed_before_registered_steps"]


def test_sequence_numbers_have_no_gap(demo):
    gaps = demo.rows(
        "select 信访编号 from (select distinct * from steps) "
        "group by 信访编号 having max(步骤序号::integer) <> count(*)"
    )
    assert gaps == []


@pytest.mark.parametrize(
    "never",
    [
        "accepted < registered",
        "refused < registered",
        "accepted is not null and refused is not null",
        "replied is not null and accepted is null",
        "replied < accepted",
        "closed < replied",
        "terminated is not null and accepted is null",
        "terminated < accepted",
        "extended < accepted",
        "extended >= replied",
        "closed is not null and (replied is null) <> (passed_on is not null)",
        "list_count([closed, refused, withdrawn, terminated]) > 1",
    ],
)
def test_illegal_paths_do_not_occur(demo, never):
    assert demo.count("timeline", never) == 0


@pytest.mark.parametrize("ending", ["closed", "refused", "withdrawn", "passed_on", "terminated"])
def test_every_ending_occurs(demo, ending):
    assert demo.count("timeline", f"{ending} is not null") > 0


def test_acceptance_is_mostly_but_not_always_within_fifteen_days(demo):
    in_time = demo.share(
        "timeline", "accepted::date - registered::date <= 15", "accepted is not null"
    )
    assert 0.94 < in_time < 0.99


def test_extensions_are_of_one_to_thirty_days_and_only_on_extensions(demo):
    assert demo.count("steps", "(延期天数 is null) <> (步骤 <> '延期')") == 0
    assert demo.count("steps", "延期天数::integer not between 1 and 30") == 0


def test_some_replies_are_late_and_some_cases_are_open_past_their_limit(demo):
    due = "accepted::date + 60 + extension"
    replied = f"{SIXTY_DAYS_SINCE} and replied is not null"
    assert 0.05 < demo.share("timeline", f"replied::date > {due}", replied) < 0.3
    assert demo.count("timeline", f"ended is null and {due} < date '2026-10-31'") > 0


def test_what_is_open_at_the_extract_is_what_the_truth_says(demo):
    # a case whose closing was moved before its registration has no closing left
    moved = demo.truth["planted_faults"]["closed_before_registered_steps"]
    still_open = demo.count("timeline", "ended is null")
    assert still_open - moved == demo.truth["overall"]["open_at_extract"]


def test_ratings_follow_replies_and_many_are_missing(demo):
    rated = "evaluations join timeline on id = 信访编号"
    assert demo.count(rated) == demo.count("evaluations")
    assert demo.count(rated, "replied is null or 邀请时间::timestamp <= replied") == 0
    assert demo.count("evaluations", "作答时间 < 邀请时间") == 0
    assert demo.count("evaluations", "(作答时间 is null) <> (评价 is null)") == 0
    prompt, late = (
        demo.share(rated, "评价 is not null", f"closed::date - registered::date {when} 60")
        for when in ("<=", ">")
    )
    assert late < prompt - 0.1


def test_a_transfer_leaves_the_office_that_it_starts_from(demo):
    moved = "步骤 in ('转送', '交办', '改派', '退回')"
    assert demo.count("steps", moved) > 0
    assert demo.count("steps", f"{moved} and 转出单位 is not distinct from 转入单位") == 0
    assert demo.count("steps", f"not ({moved}) and 转出单位 is not null") == 0


def test_what_was_returned_is_passed_on_again_within_fifteen_days(demo):
    passes = (
        "(select 步骤, 时间::timestamp as moment, lead(步骤) over cases as later, "
        "lead(时间::timestamp) over cases as later_moment from (select distinct * from steps) "
        "where 步骤 in ('转送', '交办', '改派', '退回') "
        "window cases as (partition by 信访编号 order by 步骤序号::integer))"
    )
    returned = "步骤 = '退回' and moment < '2026-10-01'"
    assert demo.count(passes, returned) > 0
    wrong = "(later is distinct from '改派' or later_moment > moment + interval 15 day)"
    assert demo.count(passes, f"{returned} and {wrong}") == 0


@pytest.mark.parametrize(
    ("step", "follows"),
    [
        ("申请复查", "答复"),
        ("复查决定", "申请复查"),
        ("申请复核", "复查决定"),
        ("复核决定", "申请复核"),
    ],
)
def test_review_and_recheck_follow_one_another_within_thirty_days(demo, step, follows):
    pairs = (
        "(select a.时间::timestamp as moment, b.时间::timestamp as before from steps as a "
        f"left join steps as b on a.信访编号 = b.信访编号 and b.步骤 = '{follows}' "
        f"where a.步骤 = '{step}' and a.信访编号 not in "
        "(select 信访编号 from steps where 步骤 = '听证开始'))"  # see test_pauses.py
    )
    assert demo.count(pairs) > 0
    late = "before is null or moment < before or moment::date > before::date + 30"
    assert demo.count(pairs, late) == 0


def test_conclusions_stand_on_decisions_and_verifications_and_what_was_false_is_redone(demo):
    concluded = "步骤 in ('复查决定', '复核决定', '回访核实')"
    assert demo.count("steps", concluded) > 0
    assert demo.count("steps", f"(结论 is not null) <> ({concluded})") == 0
    assert demo.count("steps", "结论 in ('一致', '不一致') and 步骤 <> '回访核实'") == 0
    redone = "(select 信访编号 from steps where 步骤 = '重办')"
    assert demo.count("steps", f"结论 = '不一致' and 信访编号 in {redone}") > 0
    assert demo.count("steps", f"结论 = '一致' and 信访编号 in {redone}") == 0


def test_whether_it_is_solved_is_asked_at_call_backs_alone(demo):
    assert demo.count("evaluations", "是否解决 is not null") > 0
    unasked = "评价 is null or 评价方式 <> '回访'"
    assert demo.count("evaluations", f"(是否解决 is null) <> ({unasked})") == 0
