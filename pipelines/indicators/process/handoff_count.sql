/*---
title: {zh: "流转次数", en: "Hand-offs"}
question: {zh: "一件信访要在机构之间转几次？", en: "How often is a submission handed from one office to another?"}
kind: mean
unit: handoff
numerator: {zh: "登记后90日内转送、交办（含改派）、退回的次数之和", en: "Transfers, assignments (reassignments included) and returns in the first 90 days after registration, summed"}
denominator: {zh: "登记后已满90日的信访件，未办结者也在内", en: "Submissions whose first 90 days are over, those still open included"}
exclusions: {zh: "登记后未满90日者；90日以后的流转；从不导出流转步骤的机构（另标e）", en: "Submissions registered less than 90 days ago; hand-offs after day 90; offices that never export such steps (marked e)"}
better: lower
by: [channel, handling_office]
finest: {county: quarter, breakdown: year}
measures:
  mean: {zh: "件均流转次数（90日）", en: "Mean hand-offs in 90 days"}
clock: {zh: "登记日期", en: "Day of registration"}
cell: S
follow_up_days: 90
since: 2003-01-01
source: {zh: "信访件登记、办理步骤", en: "Case register and step log"}
caveats: [some_matters_need_several_offices, steps_not_exported_are_unknown]
not_for: {zh: "以零流转为目标：该转的件不转也是零", en: "Aiming at none: what should have been passed on and was not is none too"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按承办机构（每年）", en: "By handling office, too, by year"}
---*/
select
    traces.region_row,
    traces.office_id,
    traces.seen_until_on,
    traces.registered_on as on_date,
    case when traces.has_handoffs then traces.handoffs_90 end as amount,
    traces.channel,
    coalesce(case_offices.handling_office, traces.office_id) as handling_office
from case_traces as traces
left join case_offices on case_offices.case_id = traces.case_id
