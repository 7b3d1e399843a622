/*---
title: {zh: "下访批均人次", en: "Persons per batch at visits"}
question: {zh: "下访现场平均每批来多少人？", en: "How many persons come in a batch at a visit?"}
kind: ratio
unit: person_per_batch
numerator: {zh: "下访现场接待的人次", en: "Persons received at visits"}
denominator: {zh: "下访现场接待的批次", en: "Batches received at visits"}
exclusions: {zh: "不属于任何下访活动的日常接待；取消、改期的活动", en: "Receptions outside visits; visits cancelled or moved"}
better: neither
by: [tier]
finest: {county: quarter}
measures:
  mean: {zh: "批均人次", en: "Persons per batch"}
clock: {zh: "接待日期", en: "Day of the reception"}
cell: S
since: 2003-01-01
source: {zh: "接待登记", en: "Reception register"}
caveats: [mean_driven_by_large_batches, volume_has_no_direction]
not_for: {zh: "推断事项轻重", en: "Inferring how serious the matters are"}
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
    received_on as on_date,
    persons as numerator,
    1 as denominator,
    tier
from visit_receptions
