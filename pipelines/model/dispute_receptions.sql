/*---
table: dispute_receptions
title: {zh: "化解的纠纷的接待", en: "Receptions of disputes that were resolved"}
about:
  zh: 每件已化解、且化解以前当面接待过的纠纷一行：接待的批数、接待的层级数与乡镇数。接待指明信访件的才算得上；乡镇不在区划表中，以不同的乡镇（街道）机构认定。
  en: >-
    One row per dispute that was resolved and had been received in person before: how many batches,
    by how many tiers, by how many townships. Only receptions that name a submission can be counted.
    Townships are told apart by their offices, since the list of regions ends with the county.
grain: dispute
counts: case
key: [dispute_key]
columns:
  dispute_key: {type: text, required: true, zh: "纠纷键（加密散列）", en: "Dispute key (keyed hash)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, zh: "最先登记或调解的机构", en: "Office that registered or mediated it first"}
  resolved_on: {type: date, required: true, zh: "化解日期", en: "Day on which it was resolved"}
  receptions: {type: integer, required: true, unit: 批次, zh: "化解以前接待的批数", en: "Batches received before it was resolved"}
  tiers: {type: integer, zh: "接待的层级数（均未填则为空）", en: "Tiers that received (empty where none is given)"}
  townships: {type: integer, zh: "接待的乡镇（街道）机构数", en: "Township offices that received"}
  seen_until_on: {type: date, required: true, zh: "该件变化最晚可见之日", en: "Last day on which its exports could have shown a change"}
---*/
with
    received as (
        select
            coalesce(timelines.matter_key, receptions.case_id) as dispute_key,
            cast(receptions.received_at as date) as received_on,
            nullif(receptions.tier, 'unknown') as tier,
            case when receptions.tier = 'township' then receptions.office_id end as township
        from receptions
        left join case_timelines as timelines on timelines.case_id = receptions.case_id
        where receptions.case_id is not null
    )

select
    disputes.dispute_key,
    disputes.region_row,
    disputes.office_id,
    disputes.settled_on as resolved_on,
    cast(count(*) as integer) as receptions,
    cast(nullif(count(distinct received.tier), 0) as integer) as tiers,
    cast(count(distinct received.township) as integer) as townships,
    disputes.seen_until_on
from dispute_paths as disputes
inner join received on received.dispute_key = disputes.dispute_key
where disputes.settled_as = 'resolved' and received.received_on <= disputes.settled_on
group by
    disputes.dispute_key,
    disputes.region_row,
    disputes.office_id,
    disputes.settled_on,
    disputes.seen_until_on
