/*---
title: {zh: "下访前积案化解率", en: "Screened backlog cleared before the visit"}
question: {zh: "下访前排查的积案，有多大比例在下访之日以前化解？", en: "What share of the old matters screened before a visit was cleared before its day?"}
kind: share
unit: share
numerator: {zh: "下访之日以前化解的排查积案", en: "Screened submissions cleared before the day of the visit"}
denominator: {zh: "为该场下访排查的积案", en: "Submissions screened for the visit"}
exclusions: {zh: "记为已化解而无化解日期者（无从判断早晚）；下访之日及以后排查者；取消、改期的活动；只知月份或年份的下访", en: "Those marked cleared without a day (before or after cannot be told); those screened on the day of the visit or later; visits cancelled or moved; visits known only to the month or year"}
better: neither
by: [tier]
finest: {county: year, city: year, province: year}
measures:
  rate: {zh: "下访前化解比例", en: "Share cleared before the visit"}
clock: {zh: "下访日期", en: "Day of the visit"}
cell: S
follow_up_days: 0
since: 2003-01-01
source: {zh: "下访前积案排查、领导下访接访活动", en: "Screening before visits and leader visits"}
caveats: [picked_matters, cleared_by_the_screener]
not_for: {zh: "推断公告的作用：无下访时也有积案办结", en: "Inferring the effect of the notice: old matters close without a visit, too"}
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
    case
        when screening.finding = 'cleared' and screening.cleared_on is null
        then null
        when screening.cleared_on < visits.visit_on
        then 1
        else 0
    end as numerator,
    1 as denominator,
    visits.tier
from visit_screenings as screening
inner join visits on visits.visit_id = screening.visit_id
where visits.on_precision = 'day' and screening.screened_on < visits.visit_on
