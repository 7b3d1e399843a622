/*---
title: {zh: "诉前化解率", en: "Settled before court"}
question: {zh: "调解过的纠纷，有多大比例未进法院就化解？", en: "Of the disputes mediated, what share was settled instead of going to court?"}
kind: share
unit: share
numerator: {zh: "达成协议的调解", en: "Mediations that ended in an agreement"}
denominator: {zh: "达成协议的与转诉讼的调解", en: "Mediations that ended in an agreement or went to court"}
exclusions: {zh: "调解不成而未起诉、撤回、移交上级的调解；未经调解直接起诉的纠纷（导出中没有）", en: "Mediations that failed without a lawsuit, were withdrawn or passed upward; disputes that went to court without mediation, which no export holds"}
better: neither
by: [kind, tier]
finest: {county: year, city: year, province: quarter}
measures:
  rate: {zh: "诉前化解率", en: "Share settled before court"}
clock: {zh: "办结日期", en: "Day of the conclusion"}
cell: S
since: 2003-01-01
source: {zh: "一站式调解、村社调解", en: "One-stop and village mediation"}
caveats: [court_is_a_right, only_the_solvable_is_accepted]
not_for: {zh: "要求少立案：起诉是当事人的权利", en: "Asking for fewer lawsuits: going to court is a right"}
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
    concluded_on as on_date,
    case when result = 'agreed' then 1 else 0 end as numerator,
    1 as denominator,
    kind,
    tier
from mediation_outcomes
where concluded_on is not null and result in ('agreed', 'transferred_litigation')
