/*---
title: {zh: "流转次数的分布", en: "How hand-offs are spread"}
question: {zh: "流转最多的那些信访件转了几次？", en: "How often are the submissions handed on that are handed on most?"}
kind: quantile
unit: handoff
numerator: {zh: "登记后90日内转送、交办（含改派）、退回的次数", en: "Transfers, assignments (reassignments included) and returns in the first 90 days after registration"}
exclusions: {zh: "登记后未满90日者；90日以后的流转；从不导出流转步骤的机构（另标e）", en: "Submissions registered less than 90 days ago; hand-offs after day 90; offices that never export such steps (marked e)"}
better: lower
by: []
finest: {county: quarter}
measures:
  p90: {zh: "九成信访件不超过的次数", en: "Hand-offs that nine in ten do not exceed"}
  within_1: {unit: share, zh: "至多流转一次的占比", en: "Handed on once at most"}
clock: {zh: "登记日期", en: "Day of registration"}
cell: N30
follow_up_days: 90
since: 2003-01-01
source: {zh: "信访件登记、办理步骤", en: "Case register and step log"}
caveats: [some_matters_need_several_offices, steps_not_exported_are_unknown]
not_for: {zh: "追究单件：流转多的件往往涉及多个部门", en: "Pursuing single submissions: those handed on often tend to touch several bodies"}
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
    registered_on as on_date,
    case when has_handoffs then handoffs_90 end as amount
from case_traces
