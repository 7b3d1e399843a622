/*---
table: suggestion_outcomes
title: {zh: "政策建议采纳", en: "What became of suggestions"}
about:
  zh: 每条建议一行，及其答复期限、答复日期与采纳情况。期限以来源系统给出的优先，否则为提出日当日有效的答复期限规则；两者都没有的为空。地区按提出日期判定，未填者归提出机构、再归报送机构所在地区，再无则归最高一级地区。
  en: >-
    One row per suggestion with the limit for its reply, the day of the reply and its adoption. The
    source system's own limit comes first, else the rule in force on the day it was made; empty
    without either. The region is that of the day it was made; a record without one takes the making
    office's, then its sender's, else the top region.
grain: suggestion
key: [suggestion_id]
columns:
  suggestion_id: {type: text, required: true, zh: "建议编号（加密散列）", en: "Suggestion number (keyed hash)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, zh: "提出机构", en: "Office that makes it"}
  kind: {type: code, zh: "建议类别", en: "Kind"}
  made_on: {type: date, required: true, zh: "提出日期", en: "Day it was made"}
  due_on: {type: date, zh: "答复期限", en: "Day by which a reply is due"}
  replied_on: {type: date, zh: "答复日期", en: "Day of the reply"}
  adoption: {type: code, zh: "采纳情况（空为未注明）", en: "Adoption (empty = not stated)"}
  seen_until_on: {type: date, required: true, zh: "该条变化最晚可见之日", en: "Last day on which its export could have shown a change"}
---*/
with
    records as (
        select
            policy_suggestions.suggestion_id,
            policy_suggestions.kind,
            policy_suggestions.made_on,
            policy_suggestions.reply_due_on,
            policy_suggestions.replied_on,
            nullif(policy_suggestions.adoption, 'unknown') as adoption,
            coalesce(
                policy_suggestions.region_code, office.region_code, sender.region_code
            ) as region_code,
            coalesce(policy_suggestions.office_id, policy_suggestions.sender_id) as office_id,
            policy_suggestions.made_on as placed_on,
            cast(policy_suggestions.as_of as date) as seen_until_on
        from policy_suggestions
        left join offices as office on office.office_id = policy_suggestions.office_id
        left join offices as sender on sender.office_id = policy_suggestions.sender_id
    )

select
    records.suggestion_id,
    coalesce(region.region_row, run_facts.top_region_row) as region_row,
    records.office_id,
    records.kind,
    records.made_on,
    coalesce(records.reply_due_on, records.made_on + reply_limit.value) as due_on,
    records.replied_on,
    records.adoption,
    records.seen_until_on
from records
cross join ops.run_facts as run_facts
left join
    region_validity as region
    on region.region_code = records.region_code
    and region.from_on <= records.placed_on
    and region.until_on > records.placed_on
left join
    rule_calendar as reply_limit
    on reply_limit.topic = 'improvement_reply'
    and reply_limit.unit = 'day'
    and reply_limit.tier is null
    and reply_limit.channel is null
    and reply_limit.region_code is null
    and reply_limit.valid_from <= records.made_on
    and reply_limit.valid_to > records.made_on
