/*---
title: {zh: "纠纷流向", en: "Flow of disputes between tiers"}
question: {zh: "起于各级的纠纷，180日内在哪一级、以什么结果了结？", en: "Where, and how, are disputes of each tier settled within 180 days?"}
kind: composition
unit: share
numerator: {zh: "按起始层级、了结（未了结者为第180日）所在层级、结果分类的纠纷件数", en: "Disputes by the tier at which they began, the tier at which they were settled (or stood on day 180), and the outcome"}
denominator: {zh: "统计期内开始、已满180日的全部纠纷", en: "All disputes that began in the period and whose 180 days are over"}
exclusions: {zh: "未满180日者；起始或所在层级不明者", en: "Disputes whose 180 days are not over; those of which a tier is not known"}
better: neither
by: [flow]
finest: {county: quarter, city: quarter, breakdown: year}
measures:
  share: {zh: "占全部纠纷的比例", en: "Share of all disputes"}
clock: {zh: "起始日期：最早的登记或调解申请", en: "Start: the earliest registration or application for mediation"}
cell: S
follow_up_days: 180
since: 2003-01-01
source: {zh: "信访件登记、办理步骤、村社调解、一站式调解", en: "Case register, step log, village and one-stop mediation"}
caveats: [village_matters_seldom_recorded, tiers_known_from_the_list, first_settlement_counts, going_up_is_a_right]
not_for: {zh: "评价某一层级：哪一级接收得多，取决于登记", en: "Judging a tier: how much each receives hangs on what is registered"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
with
    bands as (
        select
            region_row,
            office_id,
            seen_until_on,
            started_on,
            case
                when tier_first in ('village', 'township') then tier_first else 'county'
            end as band_first,
            case
                when tier_last in ('village', 'township') then tier_last else 'county'
            end as band_last,
            case
                when date_diff('day', started_on, settled_on) > 180 or settled_on is null
                then 'standing'
                when settled_as = 'resolved'
                then 'resolved'
                else 'ended'
            end as result
        from dispute_paths
        where tier_first is not null and tier_last is not null
    )

select
    region_row,
    office_id,
    seen_until_on,
    started_on as on_date,
    1 as numerator,
    band_first || '_' || band_last || '_' || result as flow
from bands
