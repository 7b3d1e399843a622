/*---
title: {zh: "上行率", en: "Going up a tier"}
question: {zh: "一件事180日内到达更高层级的概率有多大？", en: "How likely is a matter to reach a higher tier than its first within 180 days?"}
kind: duration
unit: share
numerator: {zh: "首次登记后到达更高层级的累积发生概率（由更高层级登记，或转送、交办、改派到更高层级），终结为竞争结局；办结以后再上行的也算", en: "Cumulative incidence of reaching a higher tier after the first registration, by being registered there or handed to an office of it, with termination competing; what goes up after it was closed counts"}
exclusions: {zh: "首次即由省级接收者；层级不明者；领导到基层接访、退回、复查、复核", en: "Matters that began at the province or at a tier that is not known; receptions by leaders who come down, returns, reviews and rechecks"}
better: neither
by: [tier_first, content_code]
finest: {county: year, breakdown: year}
measures:
  within_180: {zh: "180日内上行", en: "Up a tier within 180 days"}
  within_90: {zh: "90日内上行", en: "Up a tier within 90 days"}
clock: {zh: "首次登记日期（队列）", en: "Day of the first registration (cohort)"}
cell: N30
events: {raised: [raised]}
max_days: 730
since: 2003-01-01
source: {zh: "信访件登记、办理步骤、机构", en: "Case register, step log and list of offices"}
caveats: [going_up_is_a_right, tiers_known_from_the_list, repeats_need_a_key, recent_cohorts_are_provisional]
not_for: {zh: "评价或排名地区、机构；追究上行的群众", en: "Rating or ranking regions or offices; holding it against people who went up"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按内容分类（每年）", en: "By content class, too, by year"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    started_on as from_on,
    least(raised_on, terminated_on) as until_on,
    case
        when raised_on <= coalesce(terminated_on, raised_on)
        then 'raised'
        when terminated_on is not null
        then 'terminated'
    end as outcome,
    tier_first,
    content_code
from matter_paths
where tier_first in ('village', 'township', 'county', 'city')
