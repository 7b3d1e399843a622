/*---
title: {zh: "一地化解率", en: "Settled in one place"}
question: {zh: "到一站式中心的纠纷，有多大比例在一处办完？", en: "Of the disputes brought to a one-stop centre, what share was settled there and nowhere else?"}
kind: share
unit: share
numerator: {zh: "在该中心达成协议、且未另作信访件登记的调解", en: "Mediations agreed at the centre for which no submission exists beside it"}
denominator: {zh: "乡镇、县级中心办结的调解", en: "Mediations concluded in centres of townships and counties"}
exclusions: {zh: "村社网格的就地调解；撤回者；办结而未注明结果者", en: "Mediations on the spot in villages and grids; withdrawals; conclusions without a result"}
better: higher
by: [kind, tier]
finest: {county: year, city: year, province: year}
measures:
  rate: {zh: "一地化解率", en: "Share settled in one place"}
clock: {zh: "办结日期", en: "Day of the conclusion"}
cell: S
since: 2003-01-01
source: {zh: "一站式调解", en: "One-stop mediation"}
caveats: [only_linked_doors_are_seen, only_the_solvable_is_accepted]
not_for: {zh: "推断当事人实际跑了几趟", en: "Inferring how often people really had to go"}
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
    concluded_on as on_date,
    case
        when result is null then null when result = 'agreed' and not has_case then 1 else 0
    end as numerator,
    1 as denominator,
    kind,
    tier
from mediation_outcomes
where
    concluded_on is not null
    and tier in ('township', 'county')
    and coalesce(result, '') <> 'withdrawn'
