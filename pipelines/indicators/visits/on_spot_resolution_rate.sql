/*---
title: {zh: "当场化解率", en: "Resolved on the spot"}
question: {zh: "下访现场提出的问题，有多大比例当场化解？", en: "Of the problems raised at visits, what share was resolved on the spot?"}
kind: share
unit: share
numerator: {zh: "下访当日化解的问题数", en: "Problems resolved on the day of the visit"}
denominator: {zh: "下访现场反映的问题数", en: "Problems raised at visits"}
exclusions: {zh: "不属于任何下访活动的日常接待；未记问题数或化解数的批次", en: "Receptions outside visits; batches without a number of problems or of solutions"}
better: higher
by: [tier]
finest: {county: quarter, city: quarter, breakdown: year}
measures:
  rate: {zh: "当场化解率", en: "Share resolved on the spot"}
clock: {zh: "接待日期", en: "Day of the reception"}
cell: S
since: 2003-01-01
source: {zh: "接待登记", en: "Reception register"}
caveats: [problems_are_not_batches, recorded_by_the_receiver]
not_for: {zh: "比较难易不同的下访；代替后续办结率", en: "Comparing visits that took up matters of different difficulty; standing in for what is closed later"}
checked_by: [worked_example, reference_program, printed_figures, known_days, recount]
reviewed: 2026-11-25
next_review: 2027-11-25
changes:
  - {date: 2026-11-25, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    received_on as on_date,
    solved_on_spot as numerator,
    problems as denominator,
    tier
from visit_receptions
