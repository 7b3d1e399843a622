/*---
title: {zh: "每次下访对应信访件数", en: "Submissions per leader visit"}
question: {zh: "每举行一场下访，当地有多少件县级及以上信访？", en: "How many submissions reached the county or above for each visit held there?"}
kind: ratio
unit: submission_per_visit
numerator: {zh: "统计期内登记、由县级及以上接收的信访件次", en: "Submissions registered in the period and received at county level or above"}
denominator: {zh: "同一地区同期举行的下访场次", en: "Visits held in the same region and period"}
exclusions: {zh: "乡镇、村级接收的件；接收层级不明的件（标e）；取消、改期的活动", en: "Submissions received by townships and villages; those whose tier was not recorded (marked e); visits cancelled or moved"}
better: neither
by: []
measures:
  per_event: {zh: "每场下访对应件数", en: "Submissions per visit event"}
clock: {zh: "登记日期；下访日期", en: "Day of registration; day of the visit"}
cell: S
since: 2003-01-01
source: {zh: "信访件登记、领导下访接访活动", en: "Case register and leader visits"}
caveats: [ratio_falls_with_visits, volume_has_no_direction, date_precision]
not_for: {zh: "评价成效：下访增多而毫无作用时，比值同样下降", en: "Judging effect: the ratio falls when visits rise even if they change nothing"}
checked_by: [worked_example, reference_program, recount]
reviewed: 2026-11-25
next_review: 2027-11-25
changes:
  - {date: 2026-11-25, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    registered_on as on_date,
    cast(null as varchar) as grain,
    case when tier_received in ('county', 'city', 'province') then 1 end as numerator,
    0 as denominator
from case_timelines
where tier_received is null or tier_received not in ('township', 'village')
union all
select
    region_row,
    organiser_office_id as office_id,
    seen_until_on,
    visit_on as on_date,
    on_precision as grain,
    0 as numerator,
    1 as denominator
from visits
