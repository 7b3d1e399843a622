/*---
title: {zh: "批量中位数", en: "Median batch"}
question: {zh: "通常一批来多少人？", en: "How many persons does a usual batch have?"}
kind: quantile
unit: person_time
numerator: {zh: "统计期内各批来访人次的中位数", en: "Median of the persons in the batches received in the period"}
exclusions: {zh: "来信、网上、电话信访", en: "Letters, online and telephone submissions"}
better: neither
by: [tier]
finest: {county: year, city: quarter}
measures:
  p50: {zh: "中位数", en: "Median"}
  p90: {zh: "九成的批次不超过的人次", en: "Nine in ten batches have no more"}
clock: {zh: "接待日期", en: "Day of the reception"}
cell: N30
since: 2003-01-01
source: {zh: "接待登记", en: "Reception register"}
caveats: [volume_has_no_direction, heaping_at_the_threshold]
not_for: {zh: "乘以批次推算人次；评价或排名地区、机构", en: "Multiplying by batches to get persons; rating or ranking regions or offices"}
checked_by: [worked_example, reference_program, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select region_row, office_id, seen_until_on, received_on as on_date, persons as amount, tier
from reception_batches
