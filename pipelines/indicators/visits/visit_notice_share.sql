/*---
title: {zh: "下访公告率", en: "Visits announced beforehand"}
question: {zh: "有多大比例的下访事先公告，并告知时间、地点和方式？", en: "What share of visits was announced beforehand, with time, place and manner?"}
kind: share
unit: share
numerator: {zh: "下访当日或以前已公告的场次；另计提前3日、7日以上者，以及时间、地点、方式均已告知者", en: "Visits announced by their day; beside them those announced at least 3 and 7 days ahead, and those of which time, place and manner had been told"}
denominator: {zh: "已举行的下访场次", en: "Visits held"}
exclusions: {zh: "只知月份或年份的下访；取消、改期的活动", en: "Visits known only to the month or year; visits cancelled or moved"}
better: higher
by: [tier]
finest: {county: quarter}
measures:
  announced: {zh: "事先公告", en: "Announced"}
  ahead_3: {zh: "提前3日以上", en: "At least 3 days ahead"}
  ahead_7: {zh: "提前7日以上", en: "At least 7 days ahead"}
  complete: {zh: "时间、地点、方式均已告知", en: "Time, place and manner told"}
clock: {zh: "下访日期", en: "Day of the visit"}
cell: none
interval: none
since: 2003-01-01
source: {zh: "下访公告、领导下访接访活动", en: "Visit announcements and leader visits"}
caveats: [unannounced_is_not_zero, date_precision]
not_for: {zh: "推断群众是否知晓", en: "Inferring that people knew"}
checked_by: [worked_example, reference_program, printed_figures, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    organiser_office_id as office_id,
    seen_until_on,
    visit_on as on_date,
    'announced' as measure,
    case when notice_days >= 0 then 1 else 0 end as numerator,
    1 as denominator,
    tier
from visits
where on_precision = 'day'
union all
select
    region_row,
    organiser_office_id as office_id,
    seen_until_on,
    visit_on as on_date,
    'ahead_3' as measure,
    case when notice_days >= 3 then 1 else 0 end as numerator,
    1 as denominator,
    tier
from visits
where on_precision = 'day'
union all
select
    region_row,
    organiser_office_id as office_id,
    seen_until_on,
    visit_on as on_date,
    'ahead_7' as measure,
    case when notice_days >= 7 then 1 else 0 end as numerator,
    1 as denominator,
    tier
from visits
where on_precision = 'day'
union all
select
    region_row,
    organiser_office_id as office_id,
    seen_until_on,
    visit_on as on_date,
    'complete' as measure,
    case when complete_notice_days >= 0 then 1 else 0 end as numerator,
    1 as denominator,
    tier
from visits
where on_precision = 'day'
