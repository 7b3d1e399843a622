/*---
title: {zh: "法院节点留痕完整率", en: "Steps of court letters complete"}
question: {zh: "终结的法院来信，有多大比例各节点都留痕？", en: "For what share of the letters terminated are all steps on record?"}
kind: share
unit: share
numerator: {zh: "扫描、办理、反馈、终结四个节点齐全的来信", en: "Letters with all four steps: scan, handle, feedback, terminate"}
denominator: {zh: "终结的来信", en: "Letters terminated"}
exclusions: {zh: "尚未终结的来信；从不报送节点的单位", en: "Letters not yet terminated; senders that export no steps"}
better: higher
by: [court_level, matter_kind]
finest: {county: year, city: year, province: year}
measures:
  rate: {zh: "完整率", en: "Share complete"}
clock: {zh: "终结日期", en: "Day of the termination"}
cell: S
since: 2003-01-01
source: {zh: "法院申诉信访、法院信访节点", en: "Petitions to courts and their steps"}
caveats: [court_letters_are_no_submissions, traces_are_not_quality]
not_for: {zh: "推断办理质量", en: "Inferring that the work was good"}
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
    case has_all_steps when true then 1 when false then 0 end as numerator,
    1 as denominator,
    court_level,
    matter_kind
from court_outcomes
where terminated_on is not null
