/*---
table: tier_arrivals
title: {zh: "到达层级", en: "Arrivals at tiers"}
about:
  zh: 统计范围内的信访件每到达一个层级一行：由该层级接收登记，或转送、交办、改派到该层级的机构。接收层级未填的，取登记机构的层级；机构表没有层级的机构不列。领导到基层接访不是群众上行，退回、复查、复核也不算，均不列。
  en: >-
    One row each time that a submission in scope reaches a tier: it is registered there, or
    transferred, assigned or reassigned to an office of it. A submission without a tier takes that of
    its office; an office that the list gives no tier has no row. Leaders who come down to receive
    are no people who went up, and returns, reviews and rechecks do not count.
grain: submission and step
key: [case_id, handoff_no]
columns:
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  handoff_no: {type: integer, required: true, zh: "第几次流转（登记为0）", en: "Number of the hand-off (0 = the registration)"}
  matter_key: {type: text, required: true, zh: "信访事项键（加密散列）", en: "Matter key (keyed hash)"}
  arrived_on: {type: date, required: true, zh: "到达日期", en: "Day of the arrival"}
  tier: {type: code, required: true, zh: "层级", en: "Tier", codes: [province, city, county, township, village]}
  tier_rank: {type: integer, required: true, zh: "层级的序（见tier_ranks）", en: "Rank of the tier (see tier_ranks)"}
---*/
with
    arrivals as (
        select
            timelines.case_id,
            0 as handoff_no,
            timelines.matter_key,
            timelines.registered_on as arrived_on,
            coalesce(nullif(timelines.tier_received, 'unknown'), office.level) as tier
        from case_timelines as timelines
        left join offices as office on office.office_id = timelines.office_id
        union all
        select case_id, handoff_no, matter_key, handed_on as arrived_on, to_tier as tier
        from case_handoffs
        where step_type <> 'return'
    )

select
    arrivals.case_id,
    arrivals.handoff_no,
    arrivals.matter_key,
    arrivals.arrived_on,
    arrivals.tier,
    ranks.tier_rank
from arrivals
inner join tier_ranks as ranks on ranks.tier = arrivals.tier
