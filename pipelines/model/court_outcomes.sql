/*---
table: court_outcomes
title: {zh: "法院来信结果", en: "What became of letters to courts"}
about:
  zh: 每件法院来信一行，及其扫描、终结、救助与监督，以及终结时应有的节点（扫描、办理、反馈、终结）是否齐全；单位从不导出节点的，齐全与否为空。地区按收信日期判定，未填者归承办法院、再归报送机构所在地区，再无则归最高一级地区。
  en: >-
    One row per letter with its scan, termination, relief and supervision, and whether the steps
    that a terminated letter needs (scan, handle, feedback, terminate) are all there; empty where
    its sender never exports steps. The region is that of the day it was received; a record without
    one takes the court's, then its sender's, else the top region.
grain: letter to a court
key: [court_petition_id]
columns:
  court_petition_id: {type: text, required: true, zh: "法院信访编号（加密散列）", en: "Number of the letter (keyed hash)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, zh: "承办法院", en: "Court in charge"}
  court_level: {type: code, zh: "法院层级", en: "Level of the court"}
  matter_kind: {type: code, zh: "事项类别", en: "Kind of matter"}
  received_on: {type: date, required: true, zh: "收信日期", en: "Day it was received"}
  scanned_on: {type: date, zh: "扫描入库日期", en: "Day it was scanned"}
  terminated_on: {type: date, zh: "终结日期", en: "Day it was terminated"}
  is_relief_granted: {type: boolean, zh: "是否给予司法救助", en: "Judicial relief granted"}
  is_supervision_started: {type: boolean, zh: "是否启动审判监督", en: "Trial supervision started"}
  has_all_steps: {type: boolean, zh: "应有节点是否齐全", en: "All steps that it needs are there"}
  seen_until_on: {type: date, required: true, zh: "该条变化最晚可见之日", en: "Last day on which its export could have shown a change"}
---*/
with
    steps as (
        select
            court_petition_id,
            count(
                distinct case when node in ('scan', 'handle', 'feedback', 'terminate') then node end
            ) as needed
        from court_events
        group by court_petition_id
    ),

    step_senders as (select distinct sender_id from court_events),

    records as (
        select
            court_petitions.court_petition_id,
            court_petitions.sender_id,
            court_petitions.court_level,
            court_petitions.matter_kind,
            court_petitions.received_on,
            cast(court_petitions.scanned_at as date) as scanned_on,
            court_petitions.terminated_on,
            court_petitions.is_relief_granted,
            court_petitions.is_supervision_started,
            coalesce(
                court_petitions.region_code, office.region_code, sender.region_code
            ) as region_code,
            coalesce(court_petitions.office_id, court_petitions.sender_id) as office_id,
            court_petitions.received_on as placed_on,
            cast(court_petitions.as_of as date) as seen_until_on
        from court_petitions
        left join offices as office on office.office_id = court_petitions.office_id
        left join offices as sender on sender.office_id = court_petitions.sender_id
    )

select
    records.court_petition_id,
    coalesce(region.region_row, run_facts.top_region_row) as region_row,
    records.office_id,
    records.court_level,
    records.matter_kind,
    records.received_on,
    records.scanned_on,
    records.terminated_on,
    records.is_relief_granted,
    records.is_supervision_started,
    case
        when step_senders.sender_id is not null then coalesce(steps.needed = 4, false)
    end as has_all_steps,
    records.seen_until_on
from records
cross join ops.run_facts as run_facts
left join
    region_validity as region
    on region.region_code = records.region_code
    and region.from_on <= records.placed_on
    and region.until_on > records.placed_on
left join steps on steps.court_petition_id = records.court_petition_id
left join step_senders on step_senders.sender_id = records.sender_id
