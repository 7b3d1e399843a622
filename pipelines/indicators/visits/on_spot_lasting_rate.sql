/*---
title: {zh: "当场化解且未重启率", en: "Resolved on the spot and not reopened"}
question: {zh: "下访现场提出的问题，有多大比例当场化解且90日内没有重启？", en: "Of the problems raised at visits, what share was resolved on the spot and not reopened within 90 days?"}
kind: share
unit: share
numerator: {zh: "下访当日化解的问题数；其信访件在接待当日起90日内重启或要求重办的，整批不计", en: "Problems resolved on the day of the visit; none of a batch whose submission was reopened or sent back to be redone within 90 days from that day"}
denominator: {zh: "下访现场反映的问题数，限有信访件、接待后已满90日的批次", en: "Problems raised at visits, of batches with a submission and 90 days over since the reception"}
exclusions: {zh: "没有信访件的批次，无从知道是否重启；接待后未满90日者；未记问题数或化解数的批次；从不导出重启、重办步骤的机构（另标e）", en: "Batches without a submission, of which nobody can know; receptions less than 90 days ago; batches without a number of problems or of solutions; offices that never export reopening or redoing (marked e)"}
better: higher
by: [tier]
finest: {county: year, city: year, province: quarter, breakdown: year}
measures:
  rate: {zh: "当场化解且90日内未重启", en: "Resolved on the spot and not reopened in 90 days"}
clock: {zh: "接待日期", en: "Day of the reception"}
cell: S
follow_up_days: 90
since: 2003-01-01
source: {zh: "接待登记、信访件登记、办理步骤", en: "Reception register, case register and step log"}
caveats: [problems_are_not_batches, recorded_by_the_receiver, redone_only_where_checked, steps_not_exported_are_unknown]
not_for: {zh: "与当场化解率相减：后者的批次多于本项", en: "Subtracting from the share resolved on the spot, which counts more batches"}
checked_by: [worked_example]
reviewed: 2026-11-29
next_review: 2027-11-29
changes:
  - {date: 2026-11-29, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    received_on as on_date,
    lasting_problems as numerator,
    problems as denominator,
    tier
from spot_outcomes
