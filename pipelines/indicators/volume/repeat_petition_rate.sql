/*---
title: {zh: "重复信访率", en: "Repeat petitions"}
question: {zh: "登记的件次中，有多大比例是同一事项再次提出？", en: "What share of the submissions bring a matter that was brought before?"}
kind: share
unit: share
numerator: {zh: "回溯期内同一事项已有更早提交的件次；回溯期按登记当日有效的规则", en: "Submissions with an earlier one of the same matter within the look-back in force on the day of registration"}
denominator: {zh: "统计期内登记、能够判断是否重复的件次", en: "Submissions registered in the period of which it can be said whether they repeat another"}
exclusions: {zh: "同日副本（多头信访）；没有事项键者；登记机构的记录不足一个回溯期者；rate另不计前一次尚未办结时的补充提交", en: "Copies of one day; submissions without a matter key; those whose office's records do not reach back the whole look-back; for rate also what came while the earlier one was still open"}
better: neither
by: [channel, content_code]
finest: {county: quarter, breakdown: year}
measures:
  rate: {zh: "重复信访率（前一次已办结）", en: "Repeats of what was closed"}
  with_open: {zh: "重复信访率（含前一次尚未办结者）", en: "Repeats, of what was still open too"}
clock: {zh: "登记日期", en: "Day of registration"}
rule: repeat_lookback
cell: S
since: 2003-01-01
source: {zh: "信访件登记、办理步骤", en: "Case register and step log"}
caveats: [volume_has_no_direction, matters_without_a_key, lookback_needs_history, new_key_breaks_links]
not_for: {zh: "评价信访人：按事项计，不按人计；评价或排名地区、机构，那会奖励不登记", en: "Judging petitioners: it counts matters, never persons; rating or ranking regions or offices, which would reward not registering"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按内容分类（每年）", en: "By content class, too, by year"}
---*/
with
    judged as (
        select
            links.region_row,
            links.office_id,
            links.seen_until_on,
            links.registered_on,
            links.is_within_lookback,
            links.is_previous_open,
            links.channel,
            timelines.content_code
        from matter_links as links
        left join case_timelines as timelines on timelines.case_id = links.case_id
        where links.is_within_lookback is not null
    )

select
    region_row,
    office_id,
    seen_until_on,
    registered_on as on_date,
    'rate' as measure,
    case when is_within_lookback then 1 else 0 end as numerator,
    1 as denominator,
    channel,
    content_code
from judged
where not (is_within_lookback and is_previous_open)
union all
select
    region_row,
    office_id,
    seen_until_on,
    registered_on as on_date,
    'with_open' as measure,
    case when is_within_lookback then 1 else 0 end as numerator,
    1 as denominator,
    channel,
    content_code
from judged
