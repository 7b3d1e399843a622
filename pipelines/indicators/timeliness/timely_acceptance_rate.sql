/*---
title: {zh: "及时受理率", en: "Accepted in time"}
question: {zh: "受理期限在本期届满的事项，有多大比例按期决定并告知信访人？", en: "Of the submissions whose acceptance limit fell in the period, what share was decided and told in time?"}
kind: share
unit: share
numerator: {zh: "期限内作出受理或不予受理决定并告知者；decided不问告知", en: "Decided, accepted or refused, and told within the limit; for decided, whether told or not"}
denominator: {zh: "受理期限在统计期内届满的信访件，到期仍未决定者也在内", en: "Submissions whose acceptance limit fell in the period, those still undecided included"}
exclusions: {zh: "期限届满前已撤回、并案、转出或办结而未作决定者；登记系统标为匿名或无法联系的件；登记时即依法导入其他程序的件；其机构从不导出受理与不予受理步骤的；rate另不计其机构从不导出告知步骤的", en: "Withdrawn, merged, transferred out or closed before the limit with no decision; what the register marks as anonymous or out of reach; redirected when registered; offices that export neither acceptances nor refusals; for rate also offices that export no steps of telling"}
better: higher
by: [channel, content_code, handling_office]
finest: {county: year, breakdown: year}
measures:
  rate: {zh: "及时受理率（决定并告知）", en: "Decided and told in time"}
  decided: {zh: "按期作出决定的比例", en: "Decided in time"}
clock: {zh: "受理期限届满日", en: "Day of the acceptance limit"}
rule: accept_limit
cell: S
follow_up_days: 0
since: 2003-01-01
source: {zh: "信访件登记、办理步骤、期限规则", en: "Case register, step log and rule calendar"}
caveats: [rule_in_force_on_the_day, address_is_not_known, passing_on_restarts_the_clock, telling_needs_a_step]
not_for: {zh: "代替办理是否及时；比较起算点不同的时期", en: "Standing in for prompt handling; comparing times whose clocks start elsewhere"}
checked_by: [worked_example, reference_program, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按承办机构（每年）", en: "By handling office, too, by year"}
  - {date: 2026-11-29, zh: "增加按内容分类（每年）", en: "By content class, too, by year"}
  - {date: 2026-11-29, zh: "登记系统标为匿名或无法联系的件不计入", en: "Without what the register marks as anonymous or out of reach"}
---*/
with
    judged as (
        select
            timelines.region_row,
            timelines.office_id,
            timelines.seen_until_on,
            timelines.channel,
            timelines.content_code,
            coalesce(case_offices.handling_office, timelines.office_id) as handling_office,
            timelines.accept_due_on,
            timelines.has_notices,
            case
                when timelines.decided_on <= timelines.accept_due_on then 1 else 0
            end as is_decided,
            case
                when
                    timelines.decided_on <= timelines.accept_due_on
                    and timelines.told_on <= timelines.accept_due_on
                then 1
                else 0
            end as is_told
        from case_timelines as timelines
        left join cases on cases.case_id = timelines.case_id
        left join case_offices on case_offices.case_id = timelines.case_id
        where
            timelines.accept_due_on is not null
            and not coalesce(cases.is_anonymous, false)
            and coalesce(cases.is_contactable, true)
            and (
                timelines.closed_on is null
                or timelines.closed_on >= timelines.accept_due_on
                or timelines.decided_on <= timelines.accept_due_on
            )
    )

select
    region_row,
    office_id,
    seen_until_on,
    accept_due_on as on_date,
    'rate' as measure,
    case when has_notices then is_told end as numerator,
    1 as denominator,
    channel,
    content_code,
    handling_office
from judged
union all
select
    region_row,
    office_id,
    seen_until_on,
    accept_due_on as on_date,
    'decided' as measure,
    is_decided as numerator,
    1 as denominator,
    channel,
    content_code,
    handling_office
from judged
