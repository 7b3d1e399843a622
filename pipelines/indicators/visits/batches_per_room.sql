/*---
title: {zh: "室均批次", en: "Batches per room"}
question: {zh: "下访现场平均每间接待室接待多少批？", en: "How many batches does a room receive at a visit?"}
kind: ratio
unit: batch_per_room
numerator: {zh: "记有接待室数的下访现场接待的批次", en: "Batches received at visits whose rooms are recorded"}
denominator: {zh: "已举行下访的接待室数之和", en: "Rooms at the visits held, summed"}
exclusions: {zh: "未记接待室数的下访；不属于任何下访活动的日常接待；取消、改期的活动", en: "Visits without a number of rooms; receptions outside visits; visits cancelled or moved"}
better: neither
by: [tier]
finest: {county: quarter}
measures:
  mean: {zh: "室均批次", en: "Batches per room"}
clock: {zh: "下访日期", en: "Day of the visit"}
cell: S
since: 2003-01-01
source: {zh: "接待登记、领导下访接访活动", en: "Reception register and leader visits"}
caveats: [volume_has_no_direction, date_precision]
not_for: {zh: "要求少开或多开接待室而不看每批时长", en: "Asking for fewer or more rooms without the minutes per batch"}
checked_by: [worked_example, reference_program, printed_figures, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
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
            rooms,
            tier
        from visits
        where rooms > 0
    )
select
    held.region_row,
    batch.office_id,
    batch.seen_until_on,
    held.visit_on as on_date,
    held.grain,
    1 as numerator,
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
    rooms as denominator,
    tier
from held
