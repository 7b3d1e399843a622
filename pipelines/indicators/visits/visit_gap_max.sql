/*---
title: {zh: "最长下访间隔", en: "Longest gap between visits"}
question: {zh: "在任领导职务最长隔了多少天没有到场下访？", en: "What is the longest time for which a post that was held was at no visit?"}
kind: longest
unit: day
numerator: {zh: "同一职务相邻两次到场下访之间的最长日历天数；任期之初至首次、末次至卸任、至今尚无下一次者计至期末", en: "Longest run of calendar days between two visits at which a post was present; from the beginning of a term, to its end, and open gaps up to the end of the period, count too"}
exclusions: {zh: "无任期数据的职务；只知月份或年份的下访可能落在其中的间隔；下访数据未覆盖之日", en: "Posts without terms; gaps into which a visit known only to the month or year may fall; days without visit data"}
better: lower
by: [tier]
finest: {county: year, city: quarter}
measures:
  max: {zh: "最长间隔", en: "Longest gap"}
clock: {zh: "从到场之日（或任期、数据之初）至下一次到场之日；计入所跨各期", en: "From one visit (or the beginning of the term or of the data) to the next; counts in every period that it touches"}
rule: visit_duty
cell: none
since: 2003-01-01
source: {zh: "到场领导职务、领导任期、领导下访接访活动", en: "Posts at visits, terms of office, leader visits"}
caveats: [posts_not_persons, first_and_last_gap_are_floors, date_precision]
not_for: {zh: "评价个人；比较职责频次不同的层级", en: "Judging persons; comparing tiers whose duties differ"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select region_row, office_id, seen_until_on, from_on, until_on, tier from visit_gaps
