/*---
table: next_workdays
title: {zh: "顺延后的工作日", en: "Next working days"}
about: {zh: "日历中的每一天，及当日或其后的第一个工作日：规则要求顺延的期限移至此日。", en: "Each day of the calendar with the first working day on or after it, to which a limit moves where its rule says so."}
grain: day
key: [day]
columns:
  day: {type: date, required: true, zh: "日期", en: "Day"}
  workday: {type: date, zh: "当日或其后的第一个工作日（日历所不及则空）", en: "First working day on or after it (empty beyond the calendar)"}
---*/
select
    day,
    min(case when is_workday then day end) over (
        order by day rows between current row and unbounded following
    ) as workday
from calendar_days
