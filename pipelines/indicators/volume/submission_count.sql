/*---
title: {zh: "信访件次", en: "Submissions"}
question: {zh: "本期登记了多少件次信访？", en: "How many submissions were registered in the period?"}
kind: count
unit: submission
numerator: {zh: "统计期内登记的信访件次；同一事项提交两次计两次", en: "Submissions registered in the period; the same matter sent twice counts twice"}
exclusions: {zh: "测试件、作废件、标为重复登记的件、登记时即依法导入其他程序的件，各有多少见left_out_share", en: "Test and void entries, entries marked as duplicates, and entries redirected to another procedure when registered; left_out_share says how many of each"}
better: neither
by: [channel, purpose, content_code, tier_received]
measures:
  submissions: {zh: "登记件次", en: "Submissions registered"}
clock: {zh: "登记日期", en: "Day of registration"}
cell: S
since: 2003-01-01
source: {zh: "信访件登记", en: "Case register"}
caveats: [volume_has_no_direction, late_registration, many_office_copies]
not_for: {zh: "评价或排名地区、机构；推断群众诉求多少", en: "Rating or ranking regions or offices; inferring how much need there is"}
checked_by: [worked_example, reference_program, recount]
reviewed: 2026-11-25
next_review: 2027-11-25
changes:
  - {date: 2026-11-25, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    registered_on as on_date,
    1 as numerator,
    channel,
    purpose,
    content_code,
    tier_received
from case_timelines
