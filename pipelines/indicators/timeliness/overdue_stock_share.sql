/*---
title: {zh: "逾期存量占比", en: "Overdue among those waiting"}
question: {zh: "期末等待答复的件中，有多大比例已过办理期限？", en: "Of those waiting for a reply on the last day, what share is past its limit?"}
kind: stock_share
unit: share
numerator: {zh: "期末当日已过办理期限（含批准的延期与中止）而尚未答复者", en: "Past the limit, approved extension and suspension included, and still without a reply on the last day"}
denominator: {zh: "期末当日已受理、有办理期限、尚未答复也未以其他方式办结者；运行中的期间以数据截止日计", en: "Accepted, with a limit, and neither replied to nor closed in another way on the last day; a running period is taken at the data date"}
exclusions: {zh: "尚未受理者（期限尚未起算）；没有期限或中止尚未恢复者", en: "Not yet accepted (no limit runs yet); without a limit, or suspended and not resumed"}
better: lower
by: [handling_office]
measures:
  share: {zh: "逾期占比", en: "Share overdue"}
clock: {zh: "受理日至答复日或首次办结日；期限次日起算逾期", en: "From acceptance to the reply or the first closing; overdue from the day after the limit"}
rule: handle_limit
cell: S
since: 2003-01-01
source: {zh: "信访件登记、办理步骤、期限规则", en: "Case register, step log and rule calendar"}
caveats: [rule_in_force_on_the_day, final_limit_is_used, split_regions_wait]
not_for: {zh: "不结合存量大小单独评价机构：存量小时，一两件即可大起大落", en: "Judging an office without the size of its stock: of a few, one or two move it far"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按承办机构（每年）", en: "By handling office, too, by year"}
---*/
select
    timelines.region_row,
    timelines.office_id,
    timelines.seen_until_on,
    coalesce(timelines.accepted_on, timelines.registered_on) as from_on,
    case
        when timelines.replied_on is not null or timelines.closed_on is not null
        then
            greatest(
                least(timelines.replied_on, timelines.closed_on),
                coalesce(timelines.accepted_on, timelines.registered_on)
            )
    end as until_on,
    timelines.due_on + 1 as marked_on,
    coalesce(case_offices.handling_office, timelines.office_id) as handling_office
from case_timelines as timelines
left join case_offices on case_offices.case_id = timelines.case_id
where timelines.due_on is not null
