/*---
title: {zh: "督办率", en: "Supervised"}
question: {zh: "登记后90日内，有多大比例的件经过督办、催办？", en: "What share of submissions is supervised or urged within 90 days?"}
kind: share
unit: share
numerator: {zh: "登记后90日内经过督办的信访件（催办另计）", en: "Submissions supervised within 90 days of registration (those urged are counted beside them)"}
denominator: {zh: "登记后已满90日的信访件，未办结者也在内", en: "Submissions whose first 90 days are over, those still open included"}
exclusions: {zh: "登记后未满90日者；从不导出督办、催办步骤的机构（另标e）", en: "Submissions registered less than 90 days ago; offices that never export such steps (marked e)"}
better: neither
by: []
finest: {county: year, city: year}
measures:
  supervised: {zh: "督办率（90日）", en: "Supervised within 90 days"}
  urged: {zh: "催办率（90日）", en: "Urged within 90 days"}
clock: {zh: "登记日期", en: "Day of registration"}
cell: S
follow_up_days: 90
since: 2003-01-01
source: {zh: "信访件登记、办理步骤", en: "Case register and step log"}
caveats: [supervision_has_no_direction, steps_not_exported_are_unknown]
not_for: {zh: "评价机构：督办多，可能是抓得紧，也可能是拖得久", en: "Judging offices: much supervision may mean firmness or delay"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
with
    watched as (
        select
            region_row,
            office_id,
            seen_until_on,
            registered_on,
            case
                when has_supervision
                then
                    case when date_diff('day', registered_on, supervised_on) <= 90 then 1 else 0 end
            end as is_supervised,
            case
                when has_supervision
                then case when date_diff('day', registered_on, urged_on) <= 90 then 1 else 0 end
            end as is_urged
        from case_traces
    )

select
    region_row,
    office_id,
    seen_until_on,
    registered_on as on_date,
    'supervised' as measure,
    is_supervised as numerator,
    1 as denominator
from watched
union all
select
    region_row,
    office_id,
    seen_until_on,
    registered_on as on_date,
    'urged' as measure,
    is_urged as numerator,
    1 as denominator
from watched
