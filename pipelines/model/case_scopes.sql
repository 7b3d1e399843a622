/*---
table: case_scopes
title: {zh: "统计范围", en: "What is in scope and what is left out"}
about:
  zh: 登记的每件一行，不计入其他指标的也在内：登记系统标为测试（含作废）、重复登记或登记时即依法导入其他程序的，不在case_timelines中。其报送单位标过任何一件的，未标者在统计范围内；从未标过的，无从知道，为unknown。地区按登记日判定，无地区者归登记机构所在地区，再无则归最高一级地区。
  en: >-
    One row per registered submission, with those that no other indicator counts: what the register
    marks as a test (or void), a duplicate entry, or redirected to another procedure when
    registered is not in case_timelines. Where a sender has ever marked one, what bears no mark is
    in scope; where it never has, nobody can know, and it is unknown. The region is that of the day
    of registration; a submission without one takes its office's region, else the top region.
grain: submission
counts: submission
key: [case_id]
columns:
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, required: true, zh: "登记机构代码", en: "Registering office"}
  scope_flag: {type: code, required: true, zh: "统计范围", en: "Scope", codes: [in_scope, redirected_judicial, duplicate, test, unknown]}
  registered_on: {type: date, required: true, zh: "登记日期", en: "Day of registration"}
  seen_until_on: {type: date, required: true, zh: "该件的变化最晚可见之日", en: "Last day on which its export could have shown a change"}
---*/
with
    marking_senders as (
        select distinct sender_id
        from cases
        where scope_flag in ('in_scope', 'redirected_judicial', 'duplicate', 'test')
    ),

    registered as (
        select
            cases.case_id,
            cases.office_id,
            coalesce(cases.region_code, office.region_code, sender.region_code) as region_code,
            case
                when cases.scope_flag is not null
                then cases.scope_flag
                when marking_senders.sender_id is not null
                then 'in_scope'
                else 'unknown'
            end as scope_flag,
            cast(cases.registered_at as date) as registered_on,
            cast(cases.as_of as date) as seen_until_on
        from cases
        left join marking_senders on marking_senders.sender_id = cases.sender_id
        left join offices as office on office.office_id = cases.office_id
        left join offices as sender on sender.office_id = cases.sender_id
    )

select
    registered.case_id,
    coalesce(region.region_row, run_facts.top_region_row) as region_row,
    registered.office_id,
    registered.scope_flag,
    registered.registered_on,
    registered.seen_until_on
from registered
cross join ops.run_facts as run_facts
left join
    region_validity as region
    on region.region_code = registered.region_code
    and region.from_on <= registered.registered_on
    and region.until_on > registered.registered_on
