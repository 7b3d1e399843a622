/*---
title: {zh: "来访人次", en: "Visitors"}
question: {zh: "本期接待了多少人次？", en: "How many persons were received in the period, each time counted?"}
kind: count
unit: person_time
numerator: {zh: "统计期内接待的各批来访人次之和；同一人来两次计两次", en: "Persons in the batches received in the period; someone who comes twice counts twice"}
exclusions: {zh: "来信、网上、电话信访的涉及人次", en: "Persons named in letters, online and telephone submissions"}
better: neither
by: [tier]
finest: {county: quarter}
measures:
  persons: {zh: "来访人次", en: "Persons received"}
clock: {zh: "接待日期", en: "Day of the reception"}
cell: S
since: 2003-01-01
source: {zh: "接待登记", en: "Reception register"}
caveats: [volume_has_no_direction, large_batches_dominate, heaping_at_the_threshold]
not_for: {zh: "推断有多少个不同的人；与批次、件次相加", en: "Inferring how many different people came; adding to batches or submissions"}
checked_by: [worked_example, reference_program, known_days, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select region_row, office_id, seen_until_on, received_on as on_date, persons as numerator, tier
from reception_batches
