/*---
title: {zh: "初次信访占比", en: "First petitions"}
question: {zh: "登记的件次中，有多大比例是初次信访？", en: "What share of the submissions registered are first petitions?"}
kind: share
unit: share
numerator: {zh: "recorded：来源系统记为初次者；linked：回溯期内同一事项此前没有提交者", en: "recorded: marked as first by the source system; linked: no earlier submission of the same matter within the look-back"}
denominator: {zh: "统计期内登记的信访件次", en: "Submissions registered in the period"}
exclusions: {zh: "同日副本；recorded：未注明者；linked：没有事项键者，以及登记机构的记录不足一个回溯期者", en: "Copies of one day; for recorded, those not marked at all; for linked, those without a matter key, and those whose office's records do not reach back the whole look-back"}
better: neither
by: [channel]
finest: {county: quarter, breakdown: year}
measures:
  recorded: {zh: "初次信访占比（来源系统所记）", en: "First petitions, as marked by the source"}
  linked: {zh: "初次信访占比（按事项关联）", en: "First petitions, by linking matters"}
clock: {zh: "登记日期", en: "Day of registration"}
rule: repeat_lookback
cell: S
since: 2003-01-01
source: {zh: "信访件登记", en: "Case register"}
caveats: [volume_has_no_direction, matters_without_a_key, lookback_needs_history, new_key_breaks_links]
not_for: {zh: "评价信访人；评价或排名地区、机构", en: "Judging petitioners; rating or ranking regions or offices"}
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
    registered_on as on_date,
    'recorded' as measure,
    case is_first when true then 1 when false then 0 end as numerator,
    1 as denominator,
    channel
from matter_links
where not is_copy
union all
select
    region_row,
    office_id,
    seen_until_on,
    registered_on as on_date,
    'linked' as measure,
    case when is_within_lookback then 0 else 1 end as numerator,
    1 as denominator,
    channel
from matter_links
where is_within_lookback is not null
