/*---
table: visit_duties
title: {zh: "下访接访职责", en: "Visit duties"}
about:
  zh: 每个地区在每个职责期一行：该地区本级领导按当时规则应接访的场次与已接访的场次。职责期见duty_periods。一场下访计给其领导所属的地区：组织机构所在地区在该层级的上级（或本身），无组织机构或其层级过高时，取下访地在该层级的上级；刚撤并的代码计给整体接续者。只知年份的下访只计入以年为期的职责。
  en: >-
    One row per region and duty period: how often the leaders of that region, at its own tier, had
    to receive by the rule of the day (see duty_periods), and how often they did. A visit counts for the region whose
    leaders made it: the region of the organising office at that tier, or, without an office or when
    the office stands above the tier, the region visited at that tier; a code that has just ended
    counts for the one that took over the whole of it. A visit known only to the year counts for
    duties of a year alone.
grain: region, tier and duty period
key: [region_row, tier, duty_period_kind, period_start]
columns:
  region_row: {type: text, required: true, zh: "承担职责的区划版本", en: "Version of the region that owes the duty"}
  tier: {type: code, required: true, zh: "领导层级", en: "Tier of the leaders", codes: [province, city, county]}
  duty_period_kind: {type: code, required: true, zh: "职责期类型", en: "Kind of duty period", codes: [month, quarter, half_year, year]}
  period_start: {type: date, required: true, zh: "期初", en: "First day"}
  period_end: {type: date, required: true, zh: "期末（不含）", en: "End (exclusive)"}
  required: {type: integer, required: true, unit: 场, zh: "应接访场次", en: "Visits required"}
  held: {type: integer, required: true, unit: 场, zh: "已接访场次", en: "Visits held"}
  office_id: {type: text, zh: "该地区本级机构（仅当唯一）", en: "Office of that region and tier (where there is only one)"}
  seen_until_on: {type: date, required: true, zh: "恒为9999-12-31（职责不随导出变化）", en: "Always 9999-12-31: a duty does not hang on an extract"}
---*/
with
    placed as (
        select
            visits.visit_id,
            visits.visit_on,
            visits.on_precision,
            visits.tier,
            coalesce(heir.successor_row, visits.region_row) as region_row,
            organiser.region_row as organiser_row
        from visits
        left join
            region_successors as heir
            on heir.region_row = visits.region_row
            and heir.from_on <= visits.visit_on
            and heir.is_exact
        left join offices on offices.office_id = visits.organiser_office_id
        left join
            region_validity as organiser
            on organiser.region_code = offices.region_code
            and organiser.from_on <= visits.visit_on
            and organiser.until_on > visits.visit_on
    ),

    owned as (
        select
            placed.visit_id,
            placed.visit_on,
            placed.on_precision,
            placed.tier,
            case
                placed.tier
                when 'province'
                then coalesce(organiser.province_code, visited.province_code)
                when 'city'
                then coalesce(organiser.city_code, visited.city_code)
                when 'county'
                then
                    coalesce(
                        case when organiser.level = 'county' then organiser.region_code end,
                        visited.region_code
                    )
            end as owner_code
        from placed
        inner join regions as visited on visited.region_row = placed.region_row
        left join regions as organiser on organiser.region_row = placed.organiser_row
    ),

    own_offices as (
        select
            region_code, level as tier, case when count(*) = 1 then min(office_id) end as office_id
        from offices
        group by region_code, level
    )

select
    duties.region_row,
    duties.tier,
    duties.duty_period_kind,
    duties.period_start,
    duties.period_end,
    max(duties.required) as required,
    count(distinct owned.visit_id) as held,
    max(own_offices.office_id) as office_id,
    date '9999-12-31' as seen_until_on
from duty_periods as duties
left join
    owned
    on owned.owner_code = duties.region_code
    and owned.tier = duties.tier
    and owned.visit_on >= duties.period_start
    and owned.visit_on < duties.period_end
    and (owned.on_precision <> 'year' or duties.duty_period_kind = 'year')
left join
    own_offices on own_offices.region_code = duties.region_code and own_offices.tier = duties.tier
where duties.topic = 'visit_duty'
group by
    duties.region_row, duties.tier, duties.duty_period_kind, duties.period_start, duties.period_end
