/*---
title: {zh: "调解成功率", en: "Mediations agreed"}
question: {zh: "办结的调解有多大比例达成协议，协议履行了吗？", en: "What share of the mediations concluded ended in an agreement, and was it performed?"}
kind: share
unit: share
numerator: {zh: "达成协议的调解；另计到期已履行的协议、已受理的申请", en: "Mediations that ended in an agreement; beside them agreements performed by their day, and applications accepted"}
denominator: {zh: "办结的调解（调解不成、撤回、转诉讼、移交上级均在内）；另以到期的协议、申请为分母", en: "Mediations concluded (failed, withdrawn, gone to court and passed upward included); beside them agreements due, and applications"}
exclusions: {zh: "办结而未注明结果的调解；没有履行期限的协议；申请未满30日者，以及已办结而未记受理日期者，不计入受理率", en: "Mediations concluded without a result; agreements without a day; for the rate of acceptance, applications less than 30 days old and those concluded without a day of acceptance"}
better: higher
by: [kind, tier]
finest: {county: year, city: year, province: quarter}
measures:
  success: {zh: "调解成功率", en: "Agreed"}
  performed: {zh: "协议按期履行率", en: "Agreements performed in time"}
  accepted: {zh: "受理率", en: "Applications accepted"}
clock: {zh: "办结日期；协议履行期限；申请日期加30日", en: "Day of the conclusion; day the agreement is due; 30 days after the application"}
cell: S
follow_up_days: 0
since: 2003-01-01
source: {zh: "一站式调解、村社调解", en: "One-stop and village mediation"}
caveats: [only_the_solvable_is_accepted, parties_chose_mediation]
not_for: {zh: "单独引用成功率：只受理易调者，成功率自然高", en: "Quoting success alone: who accepts only the easy succeeds"}
checked_by: [worked_example, reference_program, printed_figures]
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
    'success' as measure,
    case when result is null then null when result = 'agreed' then 1 else 0 end as numerator,
    1 as denominator,
    kind,
    tier
from mediation_outcomes
where concluded_on is not null
union all
select
    region_row,
    office_id,
    seen_until_on,
    agreement_due_on as on_date,
    'performed' as measure,
    case when performed_on <= agreement_due_on then 1 else 0 end as numerator,
    1 as denominator,
    kind,
    tier
from mediation_outcomes
where result = 'agreed' and agreement_due_on is not null
union all
select
    region_row,
    office_id,
    seen_until_on,
    cast(applied_on + interval 30 day as date) as on_date,
    'accepted' as measure,
    case
        when accepted_on is null and concluded_on is not null
        then null
        when date_diff('day', applied_on, accepted_on) <= 30
        then 1
        else 0
    end as numerator,
    1 as denominator,
    kind,
    tier
from mediation_outcomes
