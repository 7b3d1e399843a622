/*---
table: visits
title: {zh: "已举行的下访接访", en: "Visits held"}
about:
  zh: 每场已举行的下访或接访一行（状态为空视为已举行，取消、改期、计划中的不计）。提前天数为首次公告至下访日的日历天数，公告晚于下访者为负，无公告者为空。公告可分次补充：时间、地点、方式都已告知之日起算的提前天数另列。
  en: >-
    One row per visit that was held (an empty status counts as held; cancelled, moved and planned
    ones are left out). Notice is in calendar days from the first announcement to the visit,
    negative when it came later, empty when there was none. Notices may add to one another: the
    days from when time, place and manner had all been told stand beside it.
grain: visit held
counts: visit_event
key: [visit_id]
columns:
  visit_id: {type: text, required: true, zh: "下访活动编号（加密散列）", en: "Visit number (keyed hash)"}
  visit_on: {type: date, required: true, zh: "下访日期", en: "Date of the visit"}
  on_precision: {type: code, required: true, zh: "日期精度", en: "Precision of visit_on", codes: [day, month, year]}
  region_row: {type: text, required: true, zh: "下访地区划版本", en: "Version of the region visited"}
  tier: {type: code, required: true, zh: "下访领导层级", en: "Tier of the visiting leaders"}
  mode: {type: code, zh: "下访方式", en: "Mode"}
  leaders_present: {type: integer, unit: 领导人次, zh: "到场领导人数", en: "Leaders present"}
  rooms: {type: integer, unit: 间, zh: "接待室数", en: "Rooms"}
  organiser_office_id: {type: text, zh: "组织机构", en: "Organising office"}
  first_announced_on: {type: date, zh: "首次公告日期", en: "Date of the first notice"}
  notice_days: {type: integer, unit: 天, zh: "公告提前天数（仅当下访日期精确到日）", en: "Days of notice (only where the day of the visit is known)"}
  complete_notice_days: {type: integer, unit: 天, zh: "时间、地点、方式全部公告的提前天数（仅当下访日期精确到日）", en: "Days from when time, place and manner had all been announced (only where the day of the visit is known)"}
  seen_until_on: {type: date, required: true, zh: "该场变化最晚可见之日", en: "Last day on which its export could have shown a change"}
---*/
with
    first_notices as (
        select
            visit_id,
            min(announced_on) as first_announced_on,
            min(case when has_time then announced_on end) as time_announced_on,
            min(case when has_place then announced_on end) as place_announced_on,
            min(case when has_manner then announced_on end) as manner_announced_on
        from visit_announcements
        group by visit_id
    ),

    notices as (
        select
            visit_id,
            first_announced_on,
            case
                when
                    time_announced_on is not null
                    and place_announced_on is not null
                    and manner_announced_on is not null
                then greatest(time_announced_on, place_announced_on, manner_announced_on)
            end as complete_announced_on
        from first_notices
    ),

    held as (
        select
            leader_visits.visit_id,
            leader_visits.visit_on,
            coalesce(leader_visits.on_precision, 'day') as on_precision,
            coalesce(leader_visits.region_code, organiser.region_code) as region_code,
            leader_visits.tier,
            leader_visits.mode,
            leader_visits.leaders_present,
            leader_visits.rooms,
            leader_visits.organiser_office_id,
            cast(leader_visits.as_of as date) as seen_until_on
        from leader_visits
        left join offices as organiser on organiser.office_id = leader_visits.organiser_office_id
        where leader_visits.status is null or leader_visits.status = 'held'
    )

select
    held.visit_id,
    held.visit_on,
    held.on_precision,
    coalesce(region.region_row, run_facts.top_region_row) as region_row,
    held.tier,
    held.mode,
    held.leaders_present,
    held.rooms,
    held.organiser_office_id,
    notices.first_announced_on,
    case
        when held.on_precision = 'day'
        then date_diff('day', notices.first_announced_on, held.visit_on)
    end as notice_days,
    case
        when held.on_precision = 'day'
        then date_diff('day', notices.complete_announced_on, held.visit_on)
    end as complete_notice_days,
    held.seen_until_on
from held
cross join ops.run_facts as run_facts
left join notices on notices.visit_id = held.visit_id
left join
    region_validity as region
    on region.region_code = held.region_code
    and region.from_on <= held.visit_on
    and region.until_on > held.visit_on
