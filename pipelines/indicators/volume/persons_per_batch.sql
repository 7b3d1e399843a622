/*---
title: {zh: "批均人次", en: "Persons per batch"}
question: {zh: "平均一批来多少人？", en: "How many persons come in a batch on average?"}
kind: ratio
unit: person_per_batch
numerator: {zh: "统计期内接待的来访人次", en: "Persons received in the period"}
denominator: {zh: "统计期内接待的来访批次", en: "Batches received in the period"}
exclusions: {zh: "来信、网上、电话信访", en: "Letters, online and telephone submissions"}
better: neither
by: [tier]
finest: {county: quarter}
measures:
  mean: {zh: "批均人次", en: "Persons per batch"}
clock: {zh: "接待日期", en: "Day of the reception"}
cell: S
since: 2003-01-01
source: {zh: "接待登记", en: "Reception register"}
caveats: [volume_has_no_direction, large_batches_dominate, heaping_at_the_threshold]
not_for: {zh: "当作一批通常的人数：平均数由少数大批来访决定，见批量中位数", en: "Taking it for the usual batch: a few large ones decide the mean; see the median"}
checked_by: [worked_example, reference_program, known_days, recount]
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
from reception_batches
