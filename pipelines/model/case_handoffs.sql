/*---
table: case_handoffs
title: {zh: "流转步骤", en: "Hand-offs"}
about:
  zh: 统计范围内信访件的每次转送、交办、改派、退回一行，按先后编号。同一时刻的步骤依来源系统的序号排列。层级取机构表中转入机构的层级；表中没有的，层级为空。因精度粗略而显得早于登记者，取登记日。
  en: >-
    One row for each transfer, assignment, reassignment and return of a submission in scope, numbered
    in order; steps of one instant stand in the order of the exported sequence number. The tier is
    that of the receiving office in the list of offices, empty where the list does not have it. What
    seems to come before the registration only because its precision is coarse is taken at its day.
grain: hand-off of a submission
key: [case_id, handoff_no]
columns:
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  handoff_no: {type: integer, required: true, zh: "第几次流转", en: "Number of the hand-off in its submission"}
  matter_key: {type: text, required: true, zh: "信访事项键（加密散列）", en: "Matter key (keyed hash)"}
  region_row: {type: text, required: true, zh: "信访件的区划版本", en: "Region version of the submission"}
  office_id: {type: text, required: true, zh: "登记机构代码", en: "Registering office"}
  registered_on: {type: date, required: true, zh: "登记日期", en: "Day of registration"}
  step_type: {type: code, required: true, zh: "流转方式", en: "Kind of hand-off", codes: [transfer, assign, reassign, return]}
  handed_on: {type: date, required: true, zh: "流转日期", en: "Day of the hand-off"}
  to_office_id: {type: text, zh: "转入机构", en: "Office that it went to"}
  to_tier: {type: code, zh: "转入机构的层级", en: "Tier of the office that it went to", codes: [province, city, county, township, village]}
  returned_on: {type: date, zh: "被退回之日（下一次流转即为退回）", en: "Day on which it was sent back: the next hand-off is a return"}
  has_returns: {type: boolean, required: true, zh: "报送单位是否导出退回步骤", en: "Its sender exports returns"}
  seen_until_on: {type: date, required: true, zh: "该件的变化最晚可见之日", en: "Last day on which its exports could have shown a change"}
---*/
with
    steps as (
        select
            timelines.case_id,
            timelines.matter_key,
            timelines.region_row,
            timelines.office_id,
            timelines.registered_on,
            case_events.event_type as step_type,
            greatest(cast(case_events.event_at as date), timelines.registered_on) as handed_on,
            case_events.to_office_id,
            nullif(receiver.level, 'unknown') as to_tier,
            row_number() over (
                partition by timelines.case_id
                order by case_events.event_at, coalesce(case_events.seq, 0), case_events.event_id
            ) as handoff_no,
            exported.has_returns,
            timelines.seen_until_on
        from case_events
        inner join case_timelines as timelines on timelines.case_id = case_events.case_id
        inner join exported_steps as exported on exported.sender_id = case_events.sender_id
        left join offices as receiver on receiver.office_id = case_events.to_office_id
        where case_events.event_type in ('transfer', 'assign', 'reassign', 'return')
    )

select
    case_id,
    handoff_no,
    matter_key,
    region_row,
    office_id,
    registered_on,
    step_type,
    handed_on,
    to_office_id,
    to_tier,
    case
        when step_type <> 'return'
        then
            max(case when step_type = 'return' then handed_on end) over (
                partition by case_id order by handoff_no rows between 1 following and 1 following
            )
    end as returned_on,
    has_returns,
    seen_until_on
from steps
