/*---
title: {zh: "每次下访预约登记", en: "Registrations per visit"}
question: {zh: "一场下访之前平均登记多少件诉求？", en: "How many matters are registered before a visit?"}
kind: ratio
unit: registration_per_visit
numerator: {zh: "下访前的预约登记件数", en: "Matters registered before visits"}
denominator: {zh: "已举行的下访场次", en: "Visits held"}
exclusions: {zh: "取消、改期的活动；只有汇总、没有逐件登记的下访", en: "Visits cancelled or moved; visits with totals alone and no register"}
better: neither
by: [tier]
finest: {county: year, city: year, province: quarter}
measures:
  mean: {zh: "每场登记件数", en: "Registrations per visit"}
clock: {zh: "下访日期", en: "Day of the visit"}
cell: S
since: 2003-01-01
source: {zh: "下访预约登记、领导下访接访活动", en: "Registrations before visits and leader visits"}
caveats: [registering_is_not_coming, volume_has_no_direction, date_precision]
not_for: {zh: "评价地方：登记多也可能是公告做得好", en: "Judging places: many registrations may mean a good notice"}
checked_by: [worked_example, reference_program]
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
            tier
        from visits
        where visit_id in (select visit_id from visit_registrations)
    )
select
    held.region_row,
    held.office_id,
    held.seen_until_on,
    held.visit_on as on_date,
    held.grain,
    1 as numerator,
    0 as denominator,
    held.tier
from visit_registrations as registration
inner join held on held.visit_id = registration.visit_id
union all
select
    region_row,
    office_id,
    seen_until_on,
    visit_on as on_date,
    grain,
    0 as numerator,
    1 as denominator,
    tier
from held
