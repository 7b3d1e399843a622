"""The smaller systems: who sends them, and that they tell the same story as the registers do."""

from statistics import median

import pytest
import yaml

from pipelines.settings import PACKAGE
from tests.unit.simulate.conftest import read_export
from tests.unit.simulate.test_exports import CITIES, PROVINCE_TABLES

SOURCES = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in (PACKAGE / "sources").glob("*.yml")
}
LEADERS = {
    "visit_leaders",
    "visit_registrations",
    "visit_totals",
    "office_terms",
    "reception_calendar",
    "commitments",
    "policy_suggestions",
}
COURTS = {"court_petitions", "court_events"}


@pytest.fixture(scope="module")
def facts(demo):
    return demo.truth["systems"]


def test_every_shipped_source_is_sent_by_the_offices_that_keep_it(demo):
    sent = {
        folder.name: {path.name[:3] for path in folder.iterdir()}
        for folder in demo.home.inbox.iterdir()
    }
    provincial = dict.fromkeys(COURTS, frozenset({"C00"})) | {"responsibility_letters": {"F00"}}
    by_both = dict.fromkeys(PROVINCE_TABLES | LEADERS, frozenset(CITIES | {"F00"}))
    assert sent == dict.fromkeys(SOURCES, frozenset(CITIES)) | by_both | provincial


def test_every_header_is_one_that_its_mapping_knows(demo):
    for folder in demo.home.inbox.iterdir():
        columns = SOURCES[folder.name]["columns"]
        known_as = {name: name for name in columns}
        known_as |= {alias: name for name in columns for alias in columns[name].get("aliases", ())}
        for path in folder.iterdir():
            written, _ = read_export(path)
            assert set(written) <= set(known_as), path.name
            header = [known_as[name] for name in written]
            assert {name for name, spec in columns.items() if spec.get("required")} <= set(header)


def test_one_office_names_its_sentinel_file_as_the_newspaper_misprints_it(demo):
    names = {path.name[:3]: path.name for path in (demo.home.inbox / "sentinel_reports").iterdir()}
    assert [sender for sender, name in names.items() if "民情暖晴" in name] == ["F07"]
    assert sum("民情暖哨" in name for name in names.values()) == len(CITIES) - 1


def test_steps_of_online_cases_are_logged_by_the_platform_since_it_opened(demo):
    online = (
        "select 信访编号 from case_register where 信访形式 = '网上' and 登记时间 >= '2021-07-01'"
    )
    assert demo.count("people_call_steps") > 1_000
    assert demo.count("people_call_steps", f"信访编号 not in ({online})") == 0
    both = "信访编号 in (select 信访编号 from step_log)"
    assert demo.count("people_call_steps", both) == 0
    assert demo.count("people_call_steps", "留痕时间 not like '____-__-__T__:__:__+08:00'") == 0


def test_as_many_posts_are_present_as_the_register_counts_leaders(demo):
    counted = (
        "select v.活动编号 from leader_visits as v left join visit_leaders as l "
        "using (活动编号, sender) where 状态 = '已举行' "
        "group by v.活动编号, sender, 到场领导数 having count(职务编号) <> 到场领导数::integer"
    )
    assert demo.rows(counted) == []


def test_no_post_is_at_two_places_on_one_day_and_each_is_held_that_day(demo):
    present = "visit_leaders join leader_visits using (活动编号, sender)"
    twice = (
        f"select 职务编号 from {present} group by sender, 职务编号, 下访日期 having count(*) > 1"
    )
    assert demo.rows(twice) == []
    held = (
        f"select 1 from {present} as p left join office_terms as t "
        "on t.职务编号 = p.职务编号 and t.sender = p.sender and t.任职日期 <= p.下访日期 "
        "and (t.离任日期 is null or t.离任日期 > p.下访日期) and t.职务层级 = p.领导层级 "
        "where t.职务编号 is null"
    )
    assert demo.rows(held.replace(present, f"(select * from {present})")) == []


def test_the_totals_of_a_visit_are_the_sums_of_its_register(demo):
    summed = (
        "select 活动编号 from visit_totals as t left join ("
        "select 活动编号, count(*) as n, sum(人次::integer) as persons, "
        "sum(问题数::integer) as problems, sum(当场化解数::integer) as solved "
        "from receptions group by 活动编号) as r using (活动编号) "
        "where (接待批次::integer, 接待人次::integer, 反映问题数::integer, 当场化解数::integer) "
        "<> (coalesce(n, 0), coalesce(persons, 0), coalesce(problems, 0), coalesce(solved, 0))"
    )
    assert demo.rows(summed) == []
    held = demo.count("leader_visits", "状态 = '已举行'")
    assert demo.count("visit_totals") == held
    registered = demo.value("select sum(登记件数::integer) from visit_totals")
    assert registered == demo.count("visit_registrations")


def test_registrations_open_three_days_before_and_most_of_them_come(demo, facts):
    lead = demo.rows(
        "select distinct 下访日期::date - 登记时间::date from visit_registrations "
        "join leader_visits using (活动编号) order by 1"
    )
    assert lead == [(1,), (2,), (3,)]
    elsewhere = (
        "select 1 from visit_registrations as r join receptions as b using (批次编号) "
        "where r.活动编号 <> b.活动编号 or r.信访编号 is distinct from b.信访编号"
    )
    assert demo.rows(elsewhere) == []
    assert (
        demo.count("visit_registrations", "批次编号 is not null")
        == (facts["counts"]["registrations_who_came"])
    )


def test_hard_cases_on_the_agenda_are_open_on_the_day_of_the_visit(demo, facts):
    joined = "visit_agenda join leader_visits using (活动编号) join timeline on id = 信访编号"
    wrong = "ended::date <= 下访日期::date or registered::date >= 列入日期::date"
    assert demo.value(f"select count(*) from {joined}") == facts["counts"]["agenda_candidates"]
    assert demo.count(joined, wrong) == 0
    most = demo.rows(
        "select max(n), max(taken) from (select count(*) as n, "
        "count(*) filter (where 是否选定 = '是') as taken from visit_agenda group by 活动编号)"
    )
    assert most[0][0] <= facts["agenda"]["candidates"] == 16
    assert most[0][1] <= facts["agenda"]["taken"] == 9


def test_what_a_screening_cleared_was_closed_between_it_and_the_visit(demo, facts):
    joined = "visit_screenings join leader_visits using (活动编号) join timeline on id = 信访编号"
    cleared = "排查处理 = '已化解'"
    assert demo.count(joined, cleared) == facts["counts"]["screened_cases_cleared"] > 0
    wrong = "化解日期::date <> closed::date or 化解日期 < 排查日期 or 化解日期 >= 下访日期"
    assert demo.count(joined, f"{cleared} and ({wrong})") == 0
    assert demo.count(joined, f"not ({cleared}) and 化解日期 is not null") == 0


def test_a_charge_ends_as_its_case_does(demo):
    joined = "leader_charges join timeline on id = 信访编号"
    assert demo.count("leader_charges") == demo.value(f"select count(*) from {joined}") > 0
    assert demo.count(joined, "包案结果 = '已化解' and 化解日期::date <> closed::date") == 0
    assert demo.count(joined, "(包案结果 = '在办') <> (ended is null)") == 0
    assert demo.count(joined, "化解日期 < 包案日期 or 化解期限 < 包案日期") == 0


def test_promises_are_made_at_visits_and_keep_their_order(demo):
    made = "commitments join leader_visits using (活动编号)"
    assert demo.count("commitments") == demo.count(made, "承诺日期 = 下访日期") > 100
    # a month alone sorts before its days, so it is compared by its own length
    late = "left(完成日期, 7) < left(启动日期, 7) or 核实日期 < 完成日期 or 启动日期 < 承诺日期[:7]"
    assert demo.count("commitments", late) == 0
    assert 0.1 < demo.share("commitments", "length(启动日期) = 7", "启动日期 is not null") < 0.3


def test_sentinels_are_heard_within_the_hours_that_were_planted(demo, facts):
    minutes = [
        float(value)
        for (value,) in demo.rows(
            "select date_diff('minute', 上报时间::timestamp, 转办时间::timestamp) "
            "from sentinel_reports where 转办时间 is not null"
        )
    ]
    planted = facts["sentinels"]["dispatch_median_minutes"]
    # some 700 lognormal values: the median of the logarithms has an error of about 0.045
    assert median(minutes) == pytest.approx(planted, rel=0.15)
    assert demo.count("sentinel_reports", "转办时间 < 上报时间 or 办结时间 < 转办时间") == 0


def test_every_case_of_the_sentinels_has_a_report_before_it(demo, facts):
    joined = "sentinel_reports join case_register as c using (信访编号)"
    cases = demo.value(f"select count(distinct 信访编号) from {joined}")
    assert cases == facts["counts"]["sentinel_reports_with_case"]
    assert demo.count(joined, "信访形式 <> '哨点' or 上报时间 >= 登记时间") == 0


def test_what_a_village_passes_upward_is_registered_afterwards(demo, facts):
    joined = "village_mediation join case_register using (信访编号)"
    up = "调解结果 = '移交上级'"
    assert demo.count("village_mediation", f"({up}) <> (信访编号 is not null)") == 0
    assert demo.count(joined, "办结日期 > left(登记时间, 10)") == 0
    share = demo.share("village_mediation", up)
    assert share == pytest.approx(facts["mediation"]["village_escalated_share"], abs=0.03)
    agreed = demo.share("mediation_centre", "调解结果 = '调解成功'", "调解结果 is not null")
    assert agreed == pytest.approx(facts["mediation"]["centre_agreed_share"], abs=0.05)
    assert demo.count("mediation_centre", "申请日期 < '2020-04-01'") == 0


def test_letters_to_courts_pass_their_steps_in_order(demo, facts):
    steps = (
        "select 来信编号, 节点, 节点时间, lag(节点时间) over (partition by 来信编号 "
        "order by 节点编号) as before from court_events"
    )
    assert demo.rows(f"select 1 from ({steps}) where 节点时间 <= before") == []
    counts = facts["counts"]
    scanned = "来信编号 in (select 来信编号 from court_events where 节点 = '扫描入库')"
    assert demo.count("court_petitions") == counts["court_letters"]
    assert demo.count("court_petitions", f"not ({scanned})") == counts["court_letters_unscanned"]
    assert demo.count("court_petitions", f"({scanned}) <> (扫描时间 is not null)") == 0
    assert demo.count("court_petitions", "司法救助 = '是' and 救助档次 = '无'") == 0


def test_halls_handle_more_with_fewer_visitors(demo, facts):
    before, after = (
        demo.rows(
            "select sum(到场人次::integer), sum(办件量::integer), count(*) from hall_footfall "
            f"where {when}"
        )[0]
        for when in ("日期 < '2018/08/01'", "日期 >= '2023/08/01'")
    )
    footfall, items = ((after[n] / after[2]) / (before[n] / before[2]) for n in (0, 1))
    assert footfall == pytest.approx(facts["halls"]["footfall_ratio"], rel=0.02)
    assert items == pytest.approx(facts["halls"]["items_ratio"], rel=0.02)
    # 1.17 × 12,000 ÷ 5,000 is the least that the article's second report allows
    assert items / footfall > 1.17 * 12_000 / 5_000


def test_thirty_seven_sectors_are_linked_and_seven_items_in_ten_are_online(demo):
    last = "统计日 = (select max(统计日) from hall_items)"
    assert demo.value("select count(distinct 行业) from hall_items") == 37
    assert demo.count("hall_items", f"{last} and 数据联通 = '否'") == 0
    online = demo.value(
        f"select sum(可网办事项数::integer) / sum(事项总数::integer) from hall_items where {last}"
    )
    assert 0.7 <= online < 0.8
    assert demo.share("hall_items", "数据联通 = '是'", "统计日 < '2018-07-01'") == 0


def test_letters_of_responsibility_reach_every_city_every_year(demo):
    cities = demo.rows(
        "select 责任年度, count(distinct 承诺地区) from responsibility_letters "
        "where 承诺层级 = '市' group by 1"
    )
    assert sorted(cities) == [(str(year), 11) for year in range(2003, 2027)]
    tiers = {
        tuple(row) for row in demo.rows("select 签发层级, 承诺层级 from responsibility_letters")
    }
    assert tiers == {("省", "市"), ("市", "县"), ("县", "乡镇"), ("乡镇", "村")}


def test_the_calendar_has_all_five_tiers_and_their_ways(demo):
    ways = set(demo.rows("select distinct 接访层级, 接访方式 from reception_calendar"))
    assert {tier for tier, _ in ways} == {"省", "市", "县", "乡镇", "村"}
    assert {("县", "值守接访"), ("乡镇", "随时接访"), ("村", "上门走访")} <= ways
    assert demo.count("reception_calendar", "公布日期 > 安排日期") == 0
    planned = "活动编号 in (select 活动编号 from leader_visits where 状态 = '计划')"
    assert demo.count("reception_calendar", planned) > 0


def test_suggestions_are_answered_after_they_are_made(demo):
    assert demo.count("policy_suggestions", "答复日期 <= 提出日期") == 0
    assert demo.count("policy_suggestions", "(答复日期 is null) <> (采纳情况 is null)") == 0


def test_some_cases_are_passed_to_a_second_county_of_their_city(demo, facts):
    passed = "步骤 in ('转送', '交办', '改派') and 转入单位 <> 'W99'"
    second = (
        f"select 信访编号 from steps where {passed} group by 信访编号 "
        "having count(distinct 转入单位) = 2"
    )
    crossing = demo.value(f"select count(*) from ({second})")
    assert crossing == facts["counts"]["cases_across_counties"] > 0
    third = second.replace("= 2", "> 2")
    assert demo.value(f"select count(*) from ({third})") == 0
    routed = demo.value(f"select count(distinct 信访编号) from steps where {passed}")
    assert 0.5 < crossing / routed / facts["cases"]["routed_share_across_counties"] < 1


def test_some_batches_come_again_about_a_case_that_is_still_open(demo, facts):
    """Of the batches of one case the first is the one at which it was registered."""
    told = (
        "select r.信访编号, r.接待时间, r.接待地, 登记时间, "
        "row_number() over (partition by r.信访编号 order by r.接待时间) as 次 "
        "from receptions as r join (select distinct on (信访编号) * from case_register) as c "
        "on c.信访编号 = r.信访编号"
    )
    again = demo.rows(f"select * from ({told}) where 次 > 1")
    assert len(again) == facts["counts"]["batches_received_again"] > 0
    assert all(received > registered for _, received, _, registered, _ in again)
    closed = (
        f"select count(*) from ({told}) as t join timeline on timeline.id = t.信访编号 "
        "where 次 > 1 and ended::date <= 接待时间::timestamp::date"
    )
    assert demo.value(closed) == 0
