/*---
table: charge_outcomes
title: {zh: "领导包案结果", en: "What became of charges"}
about:
  zh: 每件领导包案一行，及其化解期限与化解日期。地区按包案日期判定，未填者归报送机构所在地区，再无则归最高一级地区。
  en: >-
    One row per submission in a leader's charge, with its limit and the day it was resolved. The
    region is that of the day it was taken; a record without one takes its sender's region, else the
    top region.
grain: submission in charge
key: [charge_id]
columns:
  charge_id: {type: text, required: true, zh: "包案编号（加密散列）", en: "Number of the charge (keyed hash)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, zh: "报送机构", en: "Office that sent it"}
  tier: {type: code, zh: "包案领导层级", en: "Tier of the leader"}
  taken_on: {type: date, required: true, zh: "包案日期", en: "Day it was taken in charge"}
  due_on: {type: date, zh: "化解期限", en: "Day by which it should be resolved"}
  resolved_on: {type: date, zh: "化解日期", en: "Day it was resolved"}
  is_resolved: {type: boolean, required: true, zh: "是否已化解", en: "Resolved"}
  seen_until_on: {type: date, required: true, zh: "该条变化最晚可见之日", en: "Last day on which its export could have shown a change"}
---*/
with
    records as (
        select
            leader_charges.charge_id,
            leader_charges.tier,
            leader_charges.taken_on,
            leader_charges.due_on,
            leader_charges.resolved_on,
            leader_charges.outcome,
            coalesce(leader_charges.region_code, sender.region_code) as region_code,
            leader_charges.sender_id as office_id,
            leader_charges.taken_on as placed_on,
            cast(leader_charges.as_of as date) as seen_until_on
        from leader_charges
        left join offices as sender on sender.office_id = leader_charges.sender_id
    )

select
    records.charge_id,
    coalesce(region.region_row, run_facts.top_region_row) as region_row,
    records.office_id,
    records.tier,
    records.taken_on,
    records.due_on,
    records.resolved_on,
    records.resolved_on is not null or coalesce(records.outcome = 'resolved', false) as is_resolved,
    records.seen_until_on
from records
cross join ops.run_facts as run_facts
left join
    region_validity as region
    on region.region_code = records.region_code
    and region.from_on <= records.placed_on
    and region.until_on > records.placed_on
