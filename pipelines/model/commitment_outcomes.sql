/*---
table: commitment_outcomes
title: {zh: "承诺兑现", en: "What became of promises"}
about:
  zh: 每项承诺一行，及其启动、到期与完成日期；只知月份或年份者，取该月或该年首日与承诺日中较晚者。地区按承诺日期判定，未填者归报送机构所在地区，再无则归最高一级地区。
  en: >-
    One row per promise with the days on which work began, was due and was done; a day known only to
    the month or year is its first day, or that of the promise where it is later. The region is that
    of the day of the promise; a record without one takes its sender's region, else the top region.
grain: promise
key: [commitment_id]
columns:
  commitment_id: {type: text, required: true, zh: "承诺编号（加密散列）", en: "Number of the promise (keyed hash)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, zh: "报送机构", en: "Office that sent it"}
  kind: {type: code, zh: "承诺类别", en: "Kind"}
  made_on: {type: date, required: true, zh: "承诺日期", en: "Day of the promise"}
  start_on: {type: date, zh: "启动日期", en: "Day work began"}
  due_on: {type: date, zh: "到期日期", en: "Day it is due"}
  done_on: {type: date, zh: "完成日期", en: "Day it was done"}
  seen_until_on: {type: date, required: true, zh: "该条变化最晚可见之日", en: "Last day on which its export could have shown a change"}
---*/
with
    records as (
        select
            commitments.commitment_id,
            commitments.kind,
            commitments.made_on,
            case
                when commitments.start_on is not null
                then greatest(commitments.start_on, commitments.made_on)
            end as start_on,
            commitments.due_on,
            case
                when commitments.done_on is not null
                then greatest(commitments.done_on, commitments.made_on)
            end as done_on,
            coalesce(commitments.region_code, sender.region_code) as region_code,
            commitments.sender_id as office_id,
            commitments.made_on as placed_on,
            cast(commitments.as_of as date) as seen_until_on
        from commitments
        left join offices as sender on sender.office_id = commitments.sender_id
    )

select
    records.commitment_id,
    coalesce(region.region_row, run_facts.top_region_row) as region_row,
    records.office_id,
    records.kind,
    records.made_on,
    records.start_on,
    records.due_on,
    records.done_on,
    records.seen_until_on
from records
cross join ops.run_facts as run_facts
left join
    region_validity as region
    on region.region_code = records.region_code
    and region.from_on <= records.placed_on
    and region.until_on > records.placed_on
