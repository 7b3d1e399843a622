/*---
title: {zh: "积案存量", en: "Long-standing open submissions"}
question: {zh: "期末还有多少件登记满一年仍未办结？", en: "How many submissions had been open for a year or more on the last day of the period?"}
kind: stock
unit: submission
numerator: {zh: "期末当日登记满365日而尚无任何结果的信访件；运行中的期间以数据截止日计", en: "Submissions registered 365 days or more before the last day and without any outcome on it; a running period is taken at the data date"}
exclusions: {zh: "测试件、作废件、登记时即依法导入其他程序的件", en: "Test and void entries, and entries redirected to another procedure when registered"}
better: neither
by: []
measures:
  open: {zh: "期末积案件数", en: "Open for a year on the last day"}
clock: {zh: "登记满365日之日至首次办结日（任何结果）", en: "From the 365th day after registration to the first closing of any outcome"}
cell: S
since: 2003-01-01
source: {zh: "信访件登记、办理步骤", en: "Case register and step log"}
caveats: [volume_has_no_direction, closing_from_events, split_regions_wait]
not_for: {zh: "评价机构：疑难事项的多少不由机构决定", en: "Judging offices: how many hard matters arise is not theirs to decide"}
checked_by: [worked_example, reference_program, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    cast(registered_on + interval 365 day as date) as from_on,
    closed_on as until_on
from case_timelines
where closed_on is null or date_diff('day', registered_on, closed_on) > 365
