/*---
title: {zh: "办理时长", en: "Time to closing"}
question: {zh: "从登记到办结要多久？", en: "How long does it take from registration to closing?"}
kind: duration
unit: day
numerator: {zh: "统计期内登记的信访件从登记到首次办结（任何结果）的日历天数，按Kaplan–Meier法计入尚未办结者", en: "Calendar days from registration to the first closing of any outcome, with open submissions counted by the Kaplan-Meier estimate"}
exclusions: {zh: "测试件、作废件、登记时即依法导入其他程序的件", en: "Test and void entries, and entries redirected to another procedure when registered"}
better: lower
by: [channel]
finest: {county: quarter, breakdown: year}
measures:
  p50: {zh: "中位数", en: "Median"}
  p25: {zh: "四分之一办结所需天数", en: "Days until a quarter is closed"}
  p75: {zh: "四分之三办结所需天数", en: "Days until three quarters are closed"}
  p90: {zh: "九成办结所需天数", en: "Days until nine in ten are closed"}
  within_30: {unit: share, zh: "30日内办结概率", en: "Closed within 30 days"}
  within_60: {unit: share, zh: "60日内办结概率", en: "Closed within 60 days"}
  within_90: {unit: share, zh: "90日内办结概率", en: "Closed within 90 days"}
  rmst_90: {zh: "登记后90日内平均未结天数", en: "Mean days open, of the first 90"}
clock: {zh: "登记日（队列）；当日办结为0天。受理前的等待在内，不答复的办结也算；与办理期限同一起止的（受理至答复）另见handling_time_median", en: "Day of registration (cohort); closed on the same day is 0 days. It holds the wait before acceptance and closings without a reply; the time that the legal limit is about, from acceptance to reply, is handling_time_median"}
rule: handle_limit
cell: N30
events: {closed: [resolved, not_accepted, withdrawn, transferred_out, terminated]}
max_days: 730
since: 2003-01-01
source: {zh: "信访件登记、办理步骤", en: "Case register and step log"}
caveats: [any_outcome_closes, recent_cohorts_are_provisional, heaping_at_the_limit]
not_for: {zh: "推断问题是否真正解决；比较事项构成不同的机构", en: "Inferring that the matter was solved; comparing offices with a different mix of matters"}
checked_by: [worked_example, reference_program, recount]
reviewed: 2026-11-25
next_review: 2027-11-25
changes:
  - {date: 2026-11-25, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-28, zh: "增加90日内平均未结天数", en: "Mean days open, of the first 90, added"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    registered_on as from_on,
    closed_on as until_on,
    outcome,
    channel
from case_timelines
