/*---
title: {zh: "下访连续性", en: "Posts with a visit in the year"}
question: {zh: "全年在任的领导职务，有多大比例当年至少到场下访一次？", en: "What share of the posts held throughout a year was at a visit in it?"}
kind: share
unit: share
numerator: {zh: "当年至少到场下访一次的职务", en: "Posts that were at one visit or more in the year"}
denominator: {zh: "全年在任且全年有下访数据的职务", en: "Posts held throughout the year, with visit data throughout"}
exclusions: {zh: "年内就任或卸任的任期；无任期数据的职务；取消、改期的活动", en: "Terms that began or ended in the year; posts without terms; visits cancelled or moved"}
better: higher
by: [tier]
finest: {county: year, city: year, province: quarter}
measures:
  rate: {zh: "当年到场比例", en: "Share with a visit"}
clock: {zh: "年末日", en: "Last day of the year"}
rule: visit_duty
cell: none
interval: none
follow_up_days: 0
since: 2003-01-01
source: {zh: "到场领导职务、领导任期、领导下访接访活动", en: "Posts at visits, terms of office, leader visits"}
caveats: [posts_not_persons]
not_for: {zh: "评价个人；代替按规则判定的达标率", en: "Judging persons; standing in for the duty met by the rule"}
checked_by: [worked_example, reference_program, printed_figures]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    year_end_on as on_date,
    'year' as grain,
    case when visits_attended > 0 then 1 else 0 end as numerator,
    1 as denominator,
    tier
from post_years
