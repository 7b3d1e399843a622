/*---
title: {zh: "法院来信扫描率", en: "Letters to courts scanned"}
question: {zh: "法院收到的来信，有多大比例七日内扫描入库？", en: "What share of the letters that courts receive is scanned within seven days?"}
kind: share
unit: share
numerator: {zh: "收信七日内扫描入库的来信", en: "Letters scanned within seven days"}
denominator: {zh: "收到的来信", en: "Letters received"}
exclusions: {zh: "收信未满七日者", en: "Letters received less than seven days ago"}
better: higher
by: [court_level, matter_kind]
finest: {county: year, city: year, province: year}
measures:
  rate: {zh: "七日内扫描率", en: "Share scanned within seven days"}
clock: {zh: "收信日期", en: "Day it was received"}
cell: S
follow_up_days: 7
since: 2003-01-01
source: {zh: "法院申诉信访", en: "Petitions to courts"}
caveats: [court_letters_are_no_submissions]
not_for: {zh: "推断来信得到办理", en: "Inferring that the letter was dealt with"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    received_on as on_date,
    case when date_diff('day', received_on, scanned_on) <= 7 then 1 else 0 end as numerator,
    1 as denominator,
    court_level,
    matter_kind
from court_outcomes
