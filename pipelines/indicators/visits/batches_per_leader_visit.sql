/*---
title: {zh: "每次下访接待批次", en: "Batches per leader visit"}
question: {zh: "一场下访平均接待多少批群众？", en: "How many batches are received at a visit?"}
kind: ratio
unit: batch_per_visit
numerator: {zh: "已举行的下访现场接待的批次", en: "Batches received at visits that were held"}
denominator: {zh: "已举行的下访场次；另以到场领导人次为分母", en: "Visits held; beside it, leader person-visits"}
exclusions: {zh: "不属于任何下访活动的日常接待；取消、改期的活动；per_leader另不计未记到场领导人数的下访及其批次（标e）", en: "Receptions outside visits; visits cancelled or moved; for per_leader also visits without a number of leaders, together with their batches (marked e)"}
better: neither
by: [tier]
finest: {county: quarter}
measures:
  per_event: {unit: batch_per_visit, zh: "每场批次", en: "Batches per visit event"}
  per_leader: {unit: batch_per_leader, zh: "每领导人次批次", en: "Batches per leader person-visit"}
clock: {zh: "下访日期", en: "Day of the visit"}
cell: S
since: 2003-01-01
source: {zh: "领导下访接访活动、接待登记", en: "Leader visits and reception register"}
caveats: [two_denominators, date_precision]
not_for: {zh: "评价下访成效；与未同时注明分母的数字比较", en: "Judging what visits achieve; comparing with figures that do not name their denominator"}
checked_by: [worked_example, reference_program, printed_figures, known_days, recount]
reviewed: 2026-11-25
next_review: 2027-11-25
changes:
  - {date: 2026-11-25, zh: "首次定义", en: "First definition"}
---*/
with
    held as (
        select
            visit_id,
            region_row,
            organiser_office_id as office_id,
            seen_until_on,
            visit_on,
            on_precision as grain,
            leaders_present,
            tier
        from visits
    ),

    batches as (
        select
            held.region_row,
            batch.office_id,
            batch.seen_until_on,
            held.visit_on,
            held.grain,
            held.leaders_present,
            held.tier
        from visit_receptions as batch
        inner join held on held.visit_id = batch.visit_id
    )

select
    region_row,
    office_id,
    seen_until_on,
    visit_on as on_date,
    grain,
    'per_event' as measure,
    1 as numerator,
    0 as denominator,
    tier
from batches
union all
select
    region_row,
    office_id,
    seen_until_on,
    visit_on as on_date,
    grain,
    'per_event' as measure,
    0 as numerator,
    1 as denominator,
    tier
from held
union all
select
    region_row,
    office_id,
    seen_until_on,
    visit_on as on_date,
    grain,
    'per_leader' as measure,
    case when leaders_present is not null then 1 end as numerator,
    0 as denominator,
    tier
from batches
union all
select
    region_row,
    office_id,
    seen_until_on,
    visit_on as on_date,
    grain,
    'per_leader' as measure,
    0 as numerator,
    leaders_present as denominator,
    tier
from held
