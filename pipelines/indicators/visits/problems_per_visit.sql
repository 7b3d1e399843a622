/*---
title: {zh: "每次下访反映问题", en: "Problems per visit"}
question: {zh: "一场下访平均反映多少个问题？", en: "How many problems are raised at a visit?"}
kind: ratio
unit: problem_per_visit
numerator: {zh: "下访现场反映的问题数", en: "Problems raised at visits"}
denominator: {zh: "已举行的下访场次", en: "Visits held"}
exclusions: {zh: "有批次未记问题数的下访，连同其各批（标e）；不属于任何下访活动的日常接待；取消、改期的活动", en: "Visits with a batch whose number of problems was not recorded, together with all their batches (marked e); receptions outside visits; visits cancelled or moved"}
better: neither
by: [tier]
finest: {county: quarter}
measures:
  mean: {zh: "每场问题数", en: "Problems per visit"}
clock: {zh: "下访日期", en: "Day of the visit"}
cell: S
since: 2003-01-01
source: {zh: "接待登记、领导下访接访活动", en: "Reception register and leader visits"}
caveats: [problems_are_not_batches, volume_has_no_direction, date_precision]
not_for: {zh: "评价地方：问题多也可能是公告做得好", en: "Judging places: many problems may mean a good notice"}
checked_by: [worked_example, reference_program, printed_figures, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
with
    incomplete as (select distinct visit_id from visit_receptions where problems is null),

    held as (
        select
            visits.visit_id,
            visits.region_row,
            visits.organiser_office_id as office_id,
            visits.seen_until_on,
            visits.visit_on,
            visits.on_precision as grain,
            incomplete.visit_id is null as is_complete,
            visits.tier
        from visits
        left join incomplete on incomplete.visit_id = visits.visit_id
    )
select
    held.region_row,
    batch.office_id,
    batch.seen_until_on,
    held.visit_on as on_date,
    held.grain,
    case when held.is_complete then batch.problems end as numerator,
    0 as denominator,
    held.tier
from visit_receptions as batch
inner join held on held.visit_id = batch.visit_id
union all
select
    region_row,
    office_id,
    seen_until_on,
    visit_on as on_date,
    grain,
    0 as numerator,
    case when is_complete then 1 end as denominator,
    tier
from held
