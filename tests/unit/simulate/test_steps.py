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
    moved = "步骤 in ('转送', '交办')"
    assert demo.count("steps", moved) > 0
    assert demo.count("steps", f"{moved} and 转出单位 is not distinct from 转入单位") == 0
    assert demo.count("steps", f"not ({moved}) and 转出单位 is not null") == 0
