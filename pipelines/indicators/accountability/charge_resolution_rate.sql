/*---
title: {zh: "领导包案化解率", en: "Matters in charge resolved"}
question: {zh: "领导包案的疑难件，到期时有多大比例化解？", en: "Of the submissions in a leader's charge that fell due, what share was resolved?"}
kind: share
unit: share
numerator: {zh: "期限当日或以前化解的包案件；另计至数据截止日已化解者", en: "Submissions resolved by their limit; beside them those resolved by the data date"}
denominator: {zh: "化解期限在统计期内届满的包案件，未化解、移交、终结者也在内", en: "Submissions in charge whose limit falls in the period; unresolved, handed-over and terminated ones included"}
exclusions: {zh: "没有化解期限的包案件；期限尚未届满者；记为已化解而无日期者不计入按期率", en: "Charges without a limit; limits not yet reached; for the rate by the limit, those marked resolved without a day"}
better: higher
by: [tier]
finest: {county: year, city: year, province: year}
measures:
  by_due: {zh: "按期化解率", en: "Resolved by the limit"}
  so_far: {zh: "至今化解率", en: "Resolved so far"}
clock: {zh: "化解期限", en: "Day of the limit"}
cell: S
follow_up_days: 0
since: 2003-01-01
source: {zh: "领导包案", en: "Matters in a leader's charge"}
caveats: [picked_matters, resolved_in_the_word_of_the_office]
not_for: {zh: "评价个人；比较所包事项难易不同的地方", en: "Judging persons; comparing places whose matters differ in difficulty"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    due_on as on_date,
    'by_due' as measure,
    case
        when is_resolved and resolved_on is null then null when resolved_on <= due_on then 1 else 0
    end as numerator,
    1 as denominator,
    tier
from charge_outcomes
where due_on is not null
union all
select
    region_row,
    office_id,
    seen_until_on,
    due_on as on_date,
    'so_far' as measure,
    case when is_resolved then 1 else 0 end as numerator,
    1 as denominator,
    tier
from charge_outcomes
where due_on is not null
