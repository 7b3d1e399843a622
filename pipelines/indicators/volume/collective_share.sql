/*---
title: {zh: "集体访占比", en: "Collective visits"}
question: {zh: "来访中，有多大部分是集体访？", en: "What part of the visits is collective?"}
kind: share
unit: share
numerator: {zh: "人数达到接待日当日有效界限的各批：人次之和；另以批次计", en: "Batches with at least the number of persons in force on their day: their persons; in the second figure the batches themselves"}
denominator: {zh: "统计期内接待的全部来访人次；另以批次计", en: "All persons received in the period; in the second figure all batches"}
exclusions: {zh: "来信、网上、电话信访；当日没有界限规则的批次", en: "Letters, online and telephone submissions; batches of a day for which no threshold is known"}
better: neither
by: []
finest: {county: year, city: year}
measures:
  persons: {interval: none, zh: "集体访人次占比", en: "Share of persons"}
  batches: {zh: "集体访批次占比", en: "Share of batches"}
clock: {zh: "接待日期", en: "Day of the reception"}
rule: collective_threshold
cell: S
since: 2003-01-01
source: {zh: "接待登记、集体访界限规则", en: "Reception register and rule calendar"}
caveats: [volume_has_no_direction, large_batches_dominate, heaping_at_the_threshold, rule_in_force_on_the_day]
not_for: {zh: "评价信访人或其方式；评价或排名地区、机构", en: "Judging petitioners or how they come; rating or ranking regions or offices"}
checked_by: [worked_example, reference_program, known_days, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    received_on as on_date,
    'persons' as measure,
    case is_collective when true then persons when false then 0 end as numerator,
    persons as denominator
from reception_batches
union all
select
    region_row,
    office_id,
    seen_until_on,
    received_on as on_date,
    'batches' as measure,
    case is_collective when true then 1 when false then 0 end as numerator,
    1 as denominator
from reception_batches
