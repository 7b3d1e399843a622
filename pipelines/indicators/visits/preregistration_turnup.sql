/*---
title: {zh: "预约登记到场率", en: "Registered who came"}
question: {zh: "下访前登记的诉求，有多大比例到场接待？", en: "What share of the matters registered before a visit was received there?"}
kind: share
unit: share
numerator: {zh: "关联到接待批次的预约登记件数", en: "Registrations that name the batch in which they came"}
denominator: {zh: "下访前的预约登记件数", en: "Matters registered before visits"}
exclusions: {zh: "从未关联到场批次的下访（无从判断）；取消、改期的活动；只知月份或年份的下访", en: "Visits whose registrations never name a batch (nothing can be said); visits cancelled or moved; visits known only to the month or year"}
better: neither
by: [tier]
finest: {county: year, city: year, breakdown: year}
measures:
  rate: {zh: "到场率", en: "Share that came"}
clock: {zh: "下访日期", en: "Day of the visit"}
cell: S
follow_up_days: 0
since: 2003-01-01
source: {zh: "下访预约登记、领导下访接访活动", en: "Registrations before visits and leader visits"}
caveats: [registering_is_not_coming, volume_has_no_direction]
not_for: {zh: "推断未到场者的问题已解决或放弃", en: "Inferring that those who did not come were satisfied or gave up"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    visits.region_row,
    visits.organiser_office_id as office_id,
    visits.seen_until_on,
    visits.visit_on as on_date,
    case when registration.batch_id is not null then 1 else 0 end as numerator,
    1 as denominator,
    visits.tier
from visit_registrations as registration
inner join visits on visits.visit_id = registration.visit_id
where
    visits.on_precision = 'day'
    and registration.visit_id
    in (select visit_id from visit_registrations where batch_id is not null)
