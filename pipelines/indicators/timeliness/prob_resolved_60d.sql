/*---
title: {zh: "60日内答复办结概率", en: "Resolved within 60 days"}
question: {zh: "登记后60日内，多大比例得到答复并办结？", en: "What share is resolved within 60 days of registration?"}
kind: duration
unit: share
numerator: {zh: "统计期内登记的信访件在若干日内以答复办结（resolved）的累积发生率：不予受理、撤回、转出、终结为竞争结果，尚未办结者按Aalen–Johansen法计入；rmst_90为登记后90日内平均尚未答复办结的天数", en: "Cumulative incidence of being closed with a reply (resolved) within so many days, for submissions registered in the period; refusal, withdrawal, transfer out and termination compete, and open ones are counted by the Aalen-Johansen estimate; rmst_90 is the mean number of the first 90 days without resolution"}
exclusions: {zh: "测试件、作废件、登记时即依法导入其他程序的件", en: "Test and void entries, and entries redirected to another procedure when registered"}
better: higher
by: [channel]
finest: {county: quarter, breakdown: year}
measures:
  within_60: {zh: "60日内", en: "Within 60 days"}
  within_15: {zh: "15日内", en: "Within 15 days"}
  within_30: {zh: "30日内", en: "Within 30 days"}
  within_90: {zh: "90日内", en: "Within 90 days"}
  rmst_90: {unit: day, zh: "90日内平均未办结天数", en: "Mean days without resolution, of the first 90"}
clock: {zh: "登记日（队列）；当日办结为0天", en: "Day of registration (cohort); closed on the same day is 0 days"}
rule: handle_limit
cell: N30
events: {resolved: [resolved]}
max_days: 90
since: 2003-01-01
source: {zh: "信访件登记、办理步骤", en: "Case register and step log"}
caveats: [resolved_is_the_offices_word, recent_cohorts_are_provisional, heaping_at_the_limit]
not_for: {zh: "推断问题是否真正解决；与“已办结件中60日内办结的比例”相比较，后者不计未结者", en: "Inferring that the matter was solved; comparing with the share of closed matters closed within 60 days, which leaves out the open ones"}
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
    registered_on as from_on,
    closed_on as until_on,
    outcome,
    channel
from case_timelines
