/*---
title: {zh: "未结存量", en: "Open submissions"}
question: {zh: "期末还有多少件尚未办结？", en: "How many submissions were still open on the last day of the period?"}
kind: stock
unit: submission
numerator: {zh: "期末当日已登记而尚无任何结果的信访件；运行中的期间以数据截止日计", en: "Submissions registered by the last day and without any outcome on it; a running period is taken at the data date"}
exclusions: {zh: "测试件、作废件、登记时即依法导入其他程序的件", en: "Test and void entries, and entries redirected to another procedure when registered"}
better: neither
by: [channel, tier_received, handling_office]
measures:
  open: {zh: "期末未结件数", en: "Open on the last day"}
clock: {zh: "登记日至首次办结日（任何结果）", en: "From registration to the first closing of any outcome"}
cell: S
since: 2003-01-01
source: {zh: "信访件登记、办理步骤", en: "Case register and step log"}
caveats: [volume_has_no_direction, closing_from_events, split_regions_wait]
not_for: {zh: "不结合受理量与办理时长单独评价机构", en: "Judging an office without its intake and its handling times"}
checked_by: [worked_example, reference_program, recount]
reviewed: 2026-11-25
next_review: 2027-11-25
changes:
  - {date: 2026-11-25, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按承办机构（每年）", en: "By handling office, too, by year"}
---*/
select
    timelines.region_row,
    timelines.office_id,
    timelines.seen_until_on,
    timelines.registered_on as from_on,
    timelines.closed_on as until_on,
    timelines.channel,
    timelines.tier_received,
    coalesce(case_offices.handling_office, timelines.office_id) as handling_office
from case_timelines as timelines
left join case_offices on case_offices.case_id = timelines.case_id
