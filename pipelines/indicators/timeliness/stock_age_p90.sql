/*---
title: {zh: "存量龄", en: "Age of what is open"}
question: {zh: "期末未结的件已经等了多久？", en: "How long have the open submissions been waiting?"}
kind: stock_age
unit: day
numerator: {zh: "期末当日未结信访件自登记起的日历天数的分位数；运行中的期间以数据截止日计", en: "Quantiles of the calendar days since registration, of what is open on the last day; a running period is taken at the data date"}
exclusions: {zh: "测试件、作废件、登记时即依法导入其他程序的件", en: "Test and void entries, and entries redirected to another procedure when registered"}
better: lower
by: []
finest: {county: quarter}
measures:
  p90: {zh: "九成未结件不超过的天数", en: "Nine in ten open ones are no older"}
  p50: {zh: "中位数", en: "Median age"}
clock: {zh: "登记日至期末", en: "From registration to the last day of the period"}
cell: N30
since: 2003-01-01
source: {zh: "信访件登记、办理步骤", en: "Case register and step log"}
caveats: [closing_from_events, legacy_makes_old, split_regions_wait]
not_for: {zh: "当作办理时长：只看尚未办结者，历史积案会长期抬高", en: "Taking it for the time to closing: it sees only what is open, and old matters hold it up for long"}
checked_by: [worked_example, reference_program, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select region_row, office_id, seen_until_on, registered_on as from_on, closed_on as until_on
from case_timelines
