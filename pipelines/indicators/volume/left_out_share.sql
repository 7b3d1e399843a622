/*---
title: {zh: "不计入统计的件次", en: "Submissions left out"}
question: {zh: "登记的件次中，有多少因何原因不计入其他指标？", en: "How many registered submissions are left out of the other figures, and why?"}
kind: composition
unit: share
numerator: {zh: "统计期内登记的件次，按登记系统的标记：在统计范围内、测试（含作废）、重复登记、登记时即依法导入其他程序；其报送单位从未标过的为未知", en: "Submissions registered in the period by the mark that the register gives them: in scope, a test or void, a duplicate entry, redirected to another procedure when registered; unknown where the sender has never marked one"}
denominator: {zh: "统计期内登记的全部件次，不计入其他指标的也在内", en: "All submissions registered in the period, those that no other figure counts included"}
exclusions: {zh: "无", en: "None"}
better: neither
by: [scope_flag]
finest: {county: year, breakdown: year}
measures:
  share: {zh: "占全部登记件次的比例", en: "Share of all that was registered"}
clock: {zh: "登记日期", en: "Day of registration"}
cell: S
since: 2003-01-01
source: {zh: "信访件登记", en: "Case register"}
caveats: [volume_has_no_direction, late_registration]
not_for: {zh: "评价或排名地区、机构；与标记规则不同的系统比较", en: "Rating or ranking regions or offices; comparing with systems that mark by other rules"}
checked_by: [worked_example]
reviewed: 2026-11-29
next_review: 2027-11-29
changes:
  - {date: 2026-11-29, zh: "首次定义", en: "First definition"}
---*/
select region_row, office_id, seen_until_on, registered_on as on_date, 1 as numerator, scope_flag
from case_scopes
