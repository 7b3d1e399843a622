/*---
title: {zh: "领导下访人次", en: "Leader visits"}
question: {zh: "领导干部下访接访了多少人次、多少场？", en: "How often did leaders go down to receive petitioners?"}
kind: count
unit: leader_person_visit
numerator: {zh: "已举行的下访接访中到场领导人次之和；另计场次", en: "Leaders present, summed over the visits held; visit events are counted beside them"}
exclusions: {zh: "取消、改期、仅计划的活动；只知年份的活动不计入月、季与年初至今", en: "Visits cancelled, moved or only planned; visits known only to the year count in years alone"}
better: neither
by: [tier, mode]
measures:
  person_visits: {unit: leader_person_visit, zh: "领导人次", en: "Leader person-visits"}
  events: {unit: visit_event, zh: "场次", en: "Visit events"}
clock: {zh: "下访日期", en: "Day of the visit"}
rule: visit_duty
cell: none
since: 2003-01-01
source: {zh: "领导下访接访活动", en: "Leader visits"}
caveats: [joint_visits_count_each_leader, date_precision]
not_for: {zh: "评价个人；以次数代替成效", en: "Judging persons; taking the number of visits for their result"}
checked_by: [worked_example, reference_program, printed_figures, known_days, recount]
reviewed: 2026-11-25
next_review: 2027-11-25
changes:
  - {date: 2026-11-25, zh: "首次定义", en: "First definition"}
---*/
with
    held as (
        select
            region_row,
            organiser_office_id as office_id,
            seen_until_on,
            visit_on as on_date,
            on_precision as grain,
            leaders_present,
            tier,
            mode
        from visits
    )

select
    region_row,
    office_id,
    seen_until_on,
    on_date,
    grain,
    'person_visits' as measure,
    leaders_present as numerator,
    tier,
    mode
from held
union all
select
    region_row,
    office_id,
    seen_until_on,
    on_date,
    grain,
    'events' as measure,
    1 as numerator,
    tier,
    mode
from held
