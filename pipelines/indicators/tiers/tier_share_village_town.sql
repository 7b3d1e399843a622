/*---
title: {zh: "村镇化解占比", en: "Settled in the village or township"}
question: {zh: "起于村、乡镇的纠纷，有多大比例90日内就地化解，不必到县里？", en: "Of the disputes that begin in a village or township, what share is resolved there within 90 days, without going to the county?"}
kind: duration
unit: share
numerator: {zh: "在村、乡镇化解的累积发生概率（Aalen–Johansen法），到县级或以上、撤回、以其他方式结束为竞争结局，尚未了结者按删失计", en: "Cumulative incidence (Aalen-Johansen) of being resolved in the village or township, with reaching the county or a higher tier, withdrawal and other ends competing, and what still stands censored"}
exclusions: {zh: "起于县级及以上者；起始层级不明者；不予受理、转出、终结、调解不成、转诉讼不算化解；同日到县者不算就地化解", en: "Disputes that begin at the county or above, or at a tier that is not known; refusals, transfers out, terminations, failed mediations and suits are no resolution; what reaches the county on the same day was not resolved below"}
better: higher
by: [tier_first, content_code]
finest: {county: year, city: quarter}
measures:
  within_90: {zh: "90日内就地化解", en: "Resolved there within 90 days"}
  within_30: {zh: "30日内就地化解", en: "Resolved there within 30 days"}
clock: {zh: "起始日期：最早的登记或调解申请（队列）", en: "Start: the earliest registration or application for mediation (cohort)"}
cell: N30
events: {resolved_low: [resolved_low]}
max_days: 365
since: 2003-01-01
source: {zh: "信访件登记、办理步骤、村社调解、一站式调解", en: "Case register, step log, village and one-stop mediation"}
caveats: [village_matters_seldom_recorded, tiers_known_from_the_list, resolved_in_the_word_of_the_office, recent_cohorts_are_provisional]
not_for: {zh: "考核基层：到县里反映是群众的权利；登记得少的地方，占比没有意义", en: "Judging villages and townships: going to the county is a right, and where little is recorded the share means nothing"}
checked_by: [worked_example, reference_program, known_days]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    started_on as from_on,
    least(settled_on, county_on) as until_on,
    case
        when county_on <= coalesce(settled_on, county_on)
        then 'raised'
        when settled_as = 'resolved'
        then 'resolved_low'
        else settled_as
    end as outcome,
    tier_first,
    content_code
from dispute_paths
where tier_first in ('village', 'township')
