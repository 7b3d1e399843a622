/*---
title: {zh: "受理至答复时长", en: "From acceptance to reply"}
question: {zh: "受理以后多久答复？", en: "How long after acceptance does the reply come?"}
kind: duration
unit: day
numerator: {zh: "统计期内受理的信访件从首次受理到首次答复的日历天数；未答复而撤回、转出、终结或办结为竞争结果，尚未答复者按Aalen–Johansen法计入", en: "Calendar days from the first acceptance to the first reply, for submissions accepted in the period; withdrawal, transfer, termination and closing without a reply compete, and those still waiting are counted by the Aalen-Johansen estimate"}
exclusions: {zh: "从未受理者；测试件、作废件、登记时即依法导入其他程序的件", en: "What was never accepted; test and void entries, and entries redirected to another procedure when registered"}
better: lower
by: [channel, content_code]
finest: {county: quarter, breakdown: year}
measures:
  p50: {zh: "中位数", en: "Median"}
  p25: {zh: "四分之一得到答复所需天数", en: "Days until a quarter have a reply"}
  p75: {zh: "四分之三得到答复所需天数", en: "Days until three quarters have a reply"}
  p90: {zh: "九成得到答复所需天数", en: "Days until nine in ten have a reply"}
  within_60: {unit: share, zh: "60日内答复概率", en: "Replied within 60 days"}
clock: {zh: "首次受理日（队列）；当日答复为0天。办理期限从受理起算，与期限相比看本项；登记至办结（任何结果）另见resolution_time_median", en: "Day of the first acceptance (cohort); a reply on the same day is 0 days. The limit for the reply runs from acceptance, too, so this is the time to hold against it; registration to a closing of any outcome is resolution_time_median"}
rule: handle_limit
cell: N30
events: {replied: [replied]}
max_days: 365
since: 2003-01-01
source: {zh: "信访件登记、办理步骤", en: "Case register and step log"}
caveats: [close_stands_in_for_the_reply, recent_cohorts_are_provisional, heaping_at_the_limit]
not_for: {zh: "推断问题是否解决；看群众总共等了多久：受理前的等待不在内", en: "Inferring that the matter was solved; telling how long people waited in all: the wait before acceptance is not in it"}
checked_by: [worked_example, reference_program, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按内容分类（每年），增加四分之一、四分之三", en: "By content class, too, by year; days until a quarter and three quarters"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    accepted_on as from_on,
    case
        when replied_on is not null and coalesce(replied_on <= closed_on, true)
        then greatest(replied_on, accepted_on)
        when closed_on is not null
        then greatest(closed_on, accepted_on)
    end as until_on,
    case
        when replied_on is not null and coalesce(replied_on <= closed_on, true)
        then 'replied'
        when closed_on is not null
        then 'ended_without_reply'
    end as outcome,
    channel,
    content_code
from case_timelines
where accepted_on is not null
