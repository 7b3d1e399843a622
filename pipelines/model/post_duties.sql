/*---
table: post_duties
title: {zh: "领导职务接访职责", en: "Visit duties of posts"}
about:
  zh: 规则要求逐个职务接访的（post_visit_duty），每个职务在每个职责期一行：应接访次数与已接访次数。只列由同一任期占满整期者；期内到任、离任或换人的，该期不计；地区改码、更名的，职务随之（见post_regions）。几位领导同场，各计一次；取消、改期的不计；只知年份的下访只计入以年为期的职责。表中是职务，不是人；不对外公布。
  en: >-
    Where a rule binds each post (post_visit_duty), one row per post and duty period: how often it
    had to receive and how often it did. Only periods that one term of office fills wholly; a period
    in which the post was taken up, left or changed hands is left out; where a region changed its code
    or name, its posts went along (see post_regions). Leaders at one visit count
    once each; cancelled and moved visits do not count; a visit known only to the year counts for
    duties of a year alone. The rows are posts, never persons, and are not published.
grain: post and duty period
key: [leader_post_id, region_row, duty_period_kind, period_start]
columns:
  leader_post_id: {type: text, required: true, zh: "领导职务编号（加密散列；记职务，不记人）", en: "Post of the leader (keyed hash; a post, never a person)"}
  region_row: {type: text, required: true, zh: "承担职责的区划版本", en: "Version of the region that owes the duty"}
  tier: {type: code, required: true, zh: "职务层级", en: "Tier of the post", codes: [province, city, county]}
  duty_period_kind: {type: code, required: true, zh: "职责期类型", en: "Kind of duty period", codes: [month, quarter, half_year, year]}
  period_start: {type: date, required: true, zh: "期初", en: "First day"}
  period_end: {type: date, required: true, zh: "期末（不含）", en: "End (exclusive)"}
  required: {type: integer, required: true, unit: 次, zh: "应接访次数", en: "Visits required"}
  held: {type: integer, required: true, unit: 次, zh: "已接访次数", en: "Visits held"}
  seen_until_on: {type: date, required: true, zh: "恒为9999-12-31（职责不随导出变化）", en: "Always 9999-12-31: a duty does not hang on an extract"}
---*/
with
    -- one duty for a post that several rules of the same period bind: the strictest
    duties as (
        select
            posts.leader_post_id,
            duty_periods.region_row,
            duty_periods.tier,
            duty_periods.duty_period_kind,
            duty_periods.period_start,
            duty_periods.period_end,
            max(duty_periods.required) as required_count
        from duty_periods
        inner join
            post_regions as posts
            on posts.tier = duty_periods.tier
            and posts.region_row = duty_periods.region_row
            and (duty_periods.post_kind = 'every' or duty_periods.post_kind = posts.post_kind)
            and posts.from_on <= duty_periods.period_start
            and posts.until_on >= duty_periods.period_end
        where duty_periods.topic = 'post_visit_duty'
        group by
            posts.leader_post_id,
            duty_periods.region_row,
            duty_periods.tier,
            duty_periods.duty_period_kind,
            duty_periods.period_start,
            duty_periods.period_end
    ),

    attended as (
        select visit_leaders.leader_post_id, visits.visit_id, visits.visit_on, visits.on_precision
        from visit_leaders
        inner join visits on visits.visit_id = visit_leaders.visit_id
    )

select
    duties.leader_post_id,
    duties.region_row,
    duties.tier,
    duties.duty_period_kind,
    duties.period_start,
    duties.period_end,
    max(duties.required_count) as required,
    count(attended.visit_id) as held,
    date '9999-12-31' as seen_until_on
from duties
left join
    attended
    on attended.leader_post_id = duties.leader_post_id
    and attended.visit_on >= duties.period_start
    and attended.visit_on < duties.period_end
    and (attended.on_precision <> 'year' or duties.duty_period_kind = 'year')
group by
    duties.leader_post_id,
    duties.region_row,
    duties.tier,
    duties.duty_period_kind,
    duties.period_start,
    duties.period_end
