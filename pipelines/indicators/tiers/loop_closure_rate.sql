/*---
title: {zh: "闭环率", en: "Loops closed"}
question: {zh: "上行的事项，有多大比例90日内得到答复并办结？", en: "Of the matters that went up a tier, what share comes back closed with a reply within 90 days?"}
kind: duration
unit: share
numerator: {zh: "到达更高层级后附答复办结的累积发生概率（Aalen–Johansen法），撤回、以其他方式结束为竞争结局，尚未办结者按删失计", en: "Cumulative incidence (Aalen-Johansen) of being closed with a reply after it reached a higher tier, with withdrawal and other ends competing, and what still stands censored"}
exclusions: {zh: "从未上行者；无答复的办结及不予受理、转出、终结不算闭环；上行以前的办结不算", en: "Matters that never went up; a closing without a reply, a refusal, a transfer out and a termination close no loop, nor does a closing before it went up"}
better: higher
by: [tier_first]
finest: {county: year, city: year, province: quarter}
measures:
  within_90: {zh: "上行后90日内闭环", en: "Closed within 90 days of going up"}
  within_180: {zh: "上行后180日内闭环", en: "Closed within 180 days of going up"}
clock: {zh: "首次到达更高层级之日（队列）", en: "Day on which it first reached a higher tier (cohort)"}
cell: N30
events: {closed: [resolved]}
max_days: 730
since: 2003-01-01
source: {zh: "信访件登记、办理步骤、机构", en: "Case register, step log and list of offices"}
caveats: [resolved_in_the_word_of_the_office, tiers_known_from_the_list, repeats_need_a_key, recent_cohorts_are_provisional]
not_for: {zh: "推断问题真正解决：须与群众确认解决率、一次性化解率并看", en: "Inferring that matters were solved: read it beside what petitioners confirm and what comes back"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    raised_on as from_on,
    raised_settled_on as until_on,
    raised_settled_as as outcome,
    tier_first
from matter_paths
where raised_on is not null
