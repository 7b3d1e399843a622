/*---
table: sentinel_dispatches
title: {zh: "民情暖哨转办", en: "How sentinel reports were passed on"}
about:
  zh: 每条哨点上报一行，及其从上报到转办的整分钟数（按时钟分钟，含夜间与节假日）；两个时间有一个只精确到日或月的，分钟数为空。地区按上报日期判定，未填者归报送机构所在地区，再无则归最高一级地区。
  en: >-
    One row per report with the whole minutes from report to transfer by the clock, nights and
    holidays included; empty where one of the two times is known only to the day or month. The
    region is that of the day of the report; a record without one takes its sender's region, else
    the top region.
grain: report
key: [sentinel_id]
columns:
  sentinel_id: {type: text, required: true, zh: "上报编号（加密散列）", en: "Report number (keyed hash)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, zh: "报送机构", en: "Office that sent it"}
  sentinel_level: {type: code, zh: "哨点层级", en: "Level of the sentinel"}
  day_kind: {type: code, zh: "上报日类别", en: "Kind of day of the report", codes: [workday, day_off]}
  reported_on: {type: date, required: true, zh: "上报日期", en: "Day of the report"}
  transferred_on: {type: date, zh: "转办日期", en: "Day it was passed on"}
  minutes: {type: integer, unit: 分钟, zh: "从上报到转办的分钟数", en: "Minutes from report to transfer"}
  has_case: {type: boolean, required: true, zh: "是否成为信访件", en: "Became a submission"}
  is_repeated: {type: boolean, zh: "此前是否反映过", en: "Reported before"}
  seen_until_on: {type: date, required: true, zh: "该条变化最晚可见之日", en: "Last day on which its export could have shown a change"}
---*/
with
    records as (
        select
            sentinel_reports.sentinel_id,
            sentinel_reports.level as sentinel_level,
            sentinel_reports.is_repeated,
            cast(sentinel_reports.reported_at as date) as reported_on,
            cast(sentinel_reports.transferred_at as date) as transferred_on,
            case
                when
                    coalesce(sentinel_reports.reported_precision, 'second') in ('second', 'minute')
                    and coalesce(sentinel_reports.transferred_precision, 'second')
                    in ('second', 'minute')
                then
                    1440 * date_diff(
                        'day',
                        cast(sentinel_reports.reported_at as date),
                        cast(sentinel_reports.transferred_at as date)
                    )
                    + 60
                    * (
                        extract(hour from sentinel_reports.transferred_at)
                        - extract(hour from sentinel_reports.reported_at)
                    )
                    + extract(minute from sentinel_reports.transferred_at)
                    - extract(minute from sentinel_reports.reported_at)
            end as minutes,
            sentinel_reports.case_id is not null as has_case,
            coalesce(sentinel_reports.region_code, sender.region_code) as region_code,
            sentinel_reports.sender_id as office_id,
            cast(sentinel_reports.reported_at as date) as placed_on,
            cast(sentinel_reports.as_of as date) as seen_until_on
        from sentinel_reports
        left join offices as sender on sender.office_id = sentinel_reports.sender_id
    )

select
    records.sentinel_id,
    coalesce(region.region_row, run_facts.top_region_row) as region_row,
    records.office_id,
    records.sentinel_level,
    case
        calendar_days.is_workday when true then 'workday' when false then 'day_off'
    end as day_kind,
    records.reported_on,
    records.transferred_on,
    cast(records.minutes as integer) as minutes,
    records.has_case,
    records.is_repeated,
    records.seen_until_on
from records
cross join ops.run_facts as run_facts
left join
    region_validity as region
    on region.region_code = records.region_code
    and region.from_on <= records.placed_on
    and region.until_on > records.placed_on
left join calendar_days on calendar_days.day = records.reported_on
