/*---
title: {zh: "每件化解所需接待", en: "Receptions until resolved"}
question: {zh: "当面接待过的纠纷，化解以前接待了几次、几级？", en: "How often, and by how many tiers, was a dispute received before it was resolved?"}
kind: mean
unit: reception_per_case
numerator: {zh: "化解以前接待的批数之和；层级：接待过的层级数之和", en: "Batches received before disputes were resolved, summed; tiers: numbers of tiers that received, summed"}
denominator: {zh: "统计期内化解（附答复办结或调解达成协议）、此前当面接待过的纠纷", en: "Disputes resolved in the period, by a closing with a reply or an agreement, that had been received in person"}
exclusions: {zh: "从未当面接待者；尚未化解者；未注明信访件的接待；层级：各次接待均未填层级者（另标e）", en: "Disputes never received in person; those not resolved; receptions that name no submission; for tiers, disputes of which no reception names its tier (marked e)"}
better: neither
by: []
finest: {county: year, city: year, province: quarter}
measures:
  receptions: {zh: "件均接待批数", en: "Receptions for each dispute"}
  tiers: {unit: tier_per_case, zh: "件均接待层级数", en: "Tiers for each dispute"}
clock: {zh: "化解日期", en: "Day on which it was resolved"}
cell: S
since: 2003-01-01
source: {zh: "接待登记、信访件登记、办理步骤、调解", en: "Reception register, case register, step log and mediation"}
caveats: [only_resolved_disputes, only_receptions_that_name_a_matter, resolved_in_the_word_of_the_office]
not_for: {zh: "以接待少为好：接待多，可能是难，也可能是认真", en: "Taking few for good: many receptions may mean a hard matter or care taken"}
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
    resolved_on as on_date,
    'receptions' as measure,
    receptions as amount
from dispute_receptions
union all
select
    region_row,
    office_id,
    seen_until_on,
    resolved_on as on_date,
    'tiers' as measure,
    tiers as amount
from dispute_receptions
