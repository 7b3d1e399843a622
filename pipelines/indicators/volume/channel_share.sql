/*---
title: {zh: "渠道占比", en: "Share of channels"}
question: {zh: "信访件次从哪些渠道来？", en: "Through which channels do submissions come?"}
kind: composition
unit: share
numerator: {zh: "统计期内以该形式登记的信访件次", en: "Submissions registered in the period through the channel"}
denominator: {zh: "统计期内登记的全部信访件次，形式未注明者也在内", en: "All submissions registered in the period, those without a channel included"}
exclusions: {zh: "测试件、作废件、登记时即依法导入其他程序的件", en: "Test and void entries, and entries redirected to another procedure when registered"}
better: neither
by: [channel]
finest: {county: quarter}
measures:
  share: {zh: "占比", en: "Share"}
clock: {zh: "登记日期", en: "Day of registration"}
cell: S
since: 2003-01-01
source: {zh: "信访件登记", en: "Case register"}
caveats: [volume_has_no_direction, channels_open_and_close]
not_for: {zh: "推断哪种渠道更好；把占比下降当作件次减少", en: "Inferring which channel is better; taking a falling share for fewer submissions"}
checked_by: [worked_example, reference_program, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select region_row, office_id, seen_until_on, registered_on as on_date, 1 as numerator, channel
from case_timelines
