/*---
title: {zh: "来访批次", en: "Visiting batches"}
question: {zh: "本期接待了多少批来访？", en: "How many batches of visitors were received in the period?"}
kind: count
unit: batch
numerator: {zh: "统计期内接待的来访批次，下访现场与日常接待都在内；一批无论几人、几个问题，计一批", en: "Batches received in the period, at leader visits and on ordinary days; a batch counts once, whatever its persons and problems"}
exclusions: {zh: "来信、网上、电话信访", en: "Letters, online and telephone submissions"}
better: neither
by: [tier]
finest: {county: quarter}
measures:
  batches: {zh: "来访批次", en: "Batches"}
clock: {zh: "接待日期", en: "Day of the reception"}
cell: S
since: 2003-01-01
source: {zh: "接待登记", en: "Reception register"}
caveats: [volume_has_no_direction, batches_are_not_submissions]
not_for: {zh: "与件次、人次相加；评价或排名地区、机构", en: "Adding to submissions or persons; rating or ranking regions or offices"}
checked_by: [worked_example, reference_program, known_days, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select region_row, office_id, seen_until_on, received_on as on_date, 1 as numerator, tier
from reception_batches
