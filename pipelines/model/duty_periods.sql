/*---
table: duty_periods
title: {zh: "接访职责期", en: "Duty periods"}
about:
  zh: 每个地区、每条规则、每个职责期一行：该地区本级领导（visit_duty：合计；post_visit_duty：逐个职务）应接访的次数。只列整期都在规则有效期、区划版本有效期和下访数据覆盖期之内者；对某地另有规定的，从其最近一级的规定。
  en: >-
    One row per region, rule and duty period: how often the leaders of that region, at its own tier,
    had to receive, together (visit_duty) or each post by itself (post_visit_duty). Only periods
    wholly inside the validity of the rule and of the region version and inside the coverage of
    visit data; where a region has rules of its own, the nearest apply.
grain: region, rule and duty period
key: [rule_id, region_row, period_start]
columns:
  rule_id: {type: text, required: true, zh: "规则编号", en: "Rule"}
  topic: {type: code, required: true, zh: "职责类型", en: "Kind of duty", codes: [visit_duty, post_visit_duty]}
  region_row: {type: text, required: true, zh: "承担职责的区划版本", en: "Version of the region that owes the duty"}
  region_code: {type: text, required: true, zh: "行政区划代码", en: "Region code"}
  tier: {type: code, required: true, zh: "领导层级", en: "Tier of the leaders", codes: [province, city, county]}
  post_kind: {type: text, zh: "承担职责的职务（every为每个职务）", en: "Post that owes the duty (every = each post)"}
  duty_period_kind: {type: code, required: true, zh: "职责期类型", en: "Kind of duty period", codes: [month, quarter, half_year, year]}
  period_start: {type: date, required: true, zh: "期初", en: "First day"}
  period_end: {type: date, required: true, zh: "期末（不含）", en: "End (exclusive)"}
  required: {type: integer, required: true, unit: 场, zh: "应接访场次", en: "Visits required"}
---*/
with
    duty_rules as (
        select
            rule.rule_id,
            rule.topic,
            region.region_row,
            region.region_code,
            region.level as tier,
            rule.post_kind,
            case
                rule.unit
                when 'per_month'
                then 'month'
                when 'per_quarter'
                then 'quarter'
                when 'per_half'
                then 'half_year'
                when 'per_year'
                then 'year'
            end as duty_period_kind,
            rule.value as required_count,
            case
                when rule.region_code is null
                then 0
                when rule.region_code = region.region_code
                then 3
                when rule.region_code = region.city_code
                then 2
                else 1
            end as nearness,
            greatest(rule.valid_from, region.valid_from) as valid_from,
            least(rule.valid_to, region.valid_to) as valid_to
        from rule_calendar as rule
        inner join
            regions as region
            on region.level = rule.tier
            and (
                rule.region_code is null
                or rule.region_code = region.region_code
                or rule.region_code = region.city_code
                or rule.region_code = region.province_code
            )
        where rule.topic in ('visit_duty', 'post_visit_duty')
    )

select
    rule.rule_id,
    rule.topic,
    rule.region_row,
    rule.region_code,
    rule.tier,
    rule.post_kind,
    rule.duty_period_kind,
    period.period_start,
    period.period_end,
    rule.required_count as required
from duty_rules as rule
inner join
    periods as period
    on period.period_kind = rule.duty_period_kind
    and period.period_start >= rule.valid_from
    and period.period_end <= rule.valid_to
inner join
    coverage
    on coverage.table_name = 'leader_visits'
    and coverage.region_row = rule.region_row
    and coverage.from_on <= period.period_start
    and coverage.until_on >= period.period_end
where
    not exists (
        select 1
        from duty_rules as nearer
        where
            nearer.topic = rule.topic
            and nearer.region_row = rule.region_row
            and nearer.nearness > rule.nearness
            and nearer.valid_from <= period.period_start
            and nearer.valid_to > period.period_start
    )
