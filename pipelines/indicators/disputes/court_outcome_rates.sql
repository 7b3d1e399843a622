/*---
title: {zh: "法院来信救助与监督启动率", en: "Relief and supervision after letters to courts"}
question: {zh: "终结的法院来信，有多大比例给予司法救助、启动审判监督？", en: "Of the letters to courts that were terminated, how many led to relief or to trial supervision?"}
kind: share
unit: share
numerator: {zh: "给予司法救助的来信；另计启动审判监督者", en: "Letters after which relief was granted; beside them those after which trial supervision was started"}
denominator: {zh: "终结的来信", en: "Letters terminated"}
exclusions: {zh: "尚未终结的来信；未注明是否救助、监督者", en: "Letters not yet terminated; letters that do not say"}
better: neither
by: [court_level, matter_kind]
finest: {county: year, city: year, province: year}
measures:
  relief: {zh: "司法救助率", en: "Relief granted"}
  supervision: {zh: "审判监督启动率", en: "Supervision started"}
clock: {zh: "终结日期", en: "Day of the termination"}
cell: S
since: 2003-01-01
source: {zh: "法院申诉信访", en: "Petitions to courts"}
caveats: [court_letters_are_no_submissions, merit_differs]
not_for: {zh: "评价法院：来信的理由各不相同", en: "Judging courts: letters differ in merit"}
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
    terminated_on as on_date,
    'relief' as measure,
    case is_relief_granted when true then 1 when false then 0 end as numerator,
    1 as denominator,
    court_level,
    matter_kind
from court_outcomes
where terminated_on is not null
union all
select
    region_row,
    office_id,
    seen_until_on,
    terminated_on as on_date,
    'supervision' as measure,
    case is_supervision_started when true then 1 when false then 0 end as numerator,
    1 as denominator,
    court_level,
    matter_kind
from court_outcomes
where terminated_on is not null
