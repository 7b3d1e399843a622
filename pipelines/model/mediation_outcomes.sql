/*---
table: mediation_outcomes
title: {zh: "调解结果", en: "What became of mediations"}
about:
  zh: 每件调解一行，及其申请、受理、办结与协议履行。地区按申请日期判定，未填者归调解机构、再归报送机构所在地区，再无则归最高一级地区。
  en: >-
    One row per mediation with its application, acceptance, conclusion and the performance of its
    agreement. The region is that of the day of the application; a record without one takes the
    mediating office's, then its sender's, else the top region.
grain: mediation
key: [mediation_id]
columns:
  mediation_id: {type: text, required: true, zh: "调解编号（加密散列）", en: "Mediation number (keyed hash)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, zh: "调解机构", en: "Mediating office"}
  tier: {type: code, zh: "调解层级", en: "Tier of the mediation"}
  kind: {type: code, zh: "调解类别", en: "Kind of mediation"}
  applied_on: {type: date, required: true, zh: "申请日期", en: "Day of the application"}
  accepted_on: {type: date, zh: "受理日期", en: "Day of acceptance"}
  concluded_on: {type: date, zh: "办结日期", en: "Day it was concluded"}
  result: {type: code, zh: "调解结果（空为未办结或未注明）", en: "Result (empty = not concluded, or not stated)"}
  agreement_due_on: {type: date, zh: "协议履行期限", en: "Day by which the agreement is due"}
  performed_on: {type: date, zh: "履行日期", en: "Day it was performed"}
  has_case: {type: boolean, required: true, zh: "是否另有信访件", en: "A submission exists beside it"}
  seen_until_on: {type: date, required: true, zh: "该条变化最晚可见之日", en: "Last day on which its export could have shown a change"}
---*/
with
    records as (
        select
            mediation_cases.mediation_id,
            mediation_cases.tier,
            mediation_cases.kind,
            mediation_cases.applied_on,
            mediation_cases.accepted_on,
            mediation_cases.concluded_on,
            nullif(mediation_cases.result, 'unknown') as result,
            mediation_cases.agreement_due_on,
            mediation_cases.performed_on,
            mediation_cases.case_id is not null as has_case,
            coalesce(
                mediation_cases.region_code, office.region_code, sender.region_code
            ) as region_code,
            coalesce(mediation_cases.office_id, mediation_cases.sender_id) as office_id,
            mediation_cases.applied_on as placed_on,
            cast(mediation_cases.as_of as date) as seen_until_on
        from mediation_cases
        left join offices as office on office.office_id = mediation_cases.office_id
        left join offices as sender on sender.office_id = mediation_cases.sender_id
    )

select
    records.mediation_id,
    coalesce(region.region_row, run_facts.top_region_row) as region_row,
    records.office_id,
    records.tier,
    records.kind,
    records.applied_on,
    records.accepted_on,
    records.concluded_on,
    records.result,
    records.agreement_due_on,
    records.performed_on,
    records.has_case,
    records.seen_until_on
from records
cross join ops.run_facts as run_facts
left join
    region_validity as region
    on region.region_code = records.region_code
    and region.from_on <= records.placed_on
    and region.until_on > records.placed_on
