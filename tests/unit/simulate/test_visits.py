"""Visits, notices, receptions, and which of them have an effect."""

from datetime import date

import numpy as np

from pipelines.simulate import labels
from pipelines.simulate.calendar import build_calendar
from pipelines.simulate.intake import weekly_shocks
from pipelines.simulate.places import load_places
from pipelines.simulate.scenario import Scenario
from pipelines.simulate.visits import (
    INTAKE_NOTICE,
    Visits,
    intake_effect,
    plan_visits,
    resolution_effect,
)
from pipelines.simulate.world import build_world

UNTIL = date(2010, 12, 31)


def one_visit(place, day, tier, notice):
    one = np.array([1])
    return Visits(
        place=one * place,
        day=one * day,
        tier=one * tier,
        state=one * labels.HELD,
        notice=one * notice,
        reminder=one * -1,
        rooms=one,
        leaders=one,
        mode=one,
    )


def test_effects_start_at_the_notice_and_fade():
    calendar = build_calendar(UNTIL)
    places = load_places(calendar.days)
    visit = one_visit(0, 1000, labels.CITY, 990)
    effect = intake_effect(visit, calendar, places)[0]
    assert effect[989] == 0
    assert effect[990] == effect[999] == INTAKE_NOTICE
    np.testing.assert_allclose(
        effect[[1000, 1001, 1056, 1057, 1084, 1085]], [0, -0.08, -0.08, -0.04, -0.04, 0], atol=1e-12
    )
    speed = np.exp(resolution_effect(visit, calendar, places)[0])
    np.testing.assert_allclose(
        speed[[989, 990, 1000, 1001, 1006, 1007, 1027, 1028, 1055, 1056]],
        [1, 1.5, 1.8, 1.5, 1.5, 1.2, 1.2, 0.95, 0.95, 1],
    )


def test_a_visit_to_a_county_reaches_all_its_places():
    calendar = build_calendar(UNTIL)
    places = load_places(calendar.days)
    part = int(np.flatnonzero(places.host[:, 1000] != np.arange(places.count))[0])
    seat = int(places.host[part, 1000])
    effect = intake_effect(one_visit(seat, 1000, labels.CITY, 990), calendar, places)
    np.testing.assert_array_equal(effect[part], effect[seat])


def test_fixed_reception_days_have_no_effect():
    calendar = build_calendar(UNTIL)
    places = load_places(calendar.days)
    visit = one_visit(0, 1000, labels.COUNTY, 990)
    assert not intake_effect(visit, calendar, places).any()
    assert not resolution_effect(visit, calendar, places).any()


def test_visits_go_where_trouble_is_only_when_told_to():
    calendar = build_calendar(UNTIL)
    places = load_places(calendar.days)

    def mean_trouble(selection):
        scenario = Scenario(20_000, 5, UNTIL, selection)
        shocks = weekly_shocks(scenario, places, calendar.days)
        visits = plan_visits(scenario, calendar, places, shocks)
        chosen = ~visits.is_fixed
        recent = [
            shocks[p, d - 56 : d].mean()
            for p, d in zip(visits.place[chosen], visits.day[chosen], strict=True)
        ]
        return np.mean(recent), np.std(recent) / len(recent) ** 0.5

    at_random, error = mean_trouble(0.0)
    assert abs(at_random) < 4 * error
    # choosing with weight exp(g x) from a normal x with variance v moves the mean to g v
    chosen, error = mean_trouble(3.0)
    assert chosen > 20 * error


def test_visits_change_nothing_where_their_effect_is_switched_off():
    worlds = {
        effect: build_world(Scenario(5_000, 5, date(2010, 12, 31), 1.0, effect))
        for effect in (0.0, 0.5, 1.0)
    }
    assert not worlds[0.0].visit_speed.any()
    np.testing.assert_allclose(worlds[0.5].visit_speed, worlds[1.0].visit_speed / 2)
    # The same visits are made in all of them.
    np.testing.assert_array_equal(worlds[0.0].visits.day, worlds[1.0].visits.day)
    np.testing.assert_array_equal(worlds[0.0].visits.place, worlds[1.0].visits.place)


def test_each_county_has_one_fixed_day_a_month(demo):
    fixed = "leader_visits where 固定接访日 = '是'"
    twice = demo.rows(
        f"select 下访地 from {fixed} group by 下访地, 下访日期[:7] having count(*) > 1"
    )
    assert twice == []
    months = demo.value(f"select count(distinct 下访日期[:7]) from {fixed} and 状态 <> '计划'")
    assert months == 23 * 12 + 10


def test_duties_are_mostly_but_not_always_met(demo):
    seen = "固定接访日 = '是' and 下访日期 between '2010' and '2026-10-31'"
    assert 0.94 < demo.share("leader_visits", "状态 = '已举行'", seen) < 0.99


def test_planned_visits_lie_ahead_and_all_others_behind(demo):
    assert demo.count("leader_visits", "(状态 = '计划') <> (下访日期 > '2026-10-31')") == 0


def test_notices_come_once_or_twice_three_to_fourteen_days_ahead_or_not_at_all(demo):
    lead = "v.下访日期::date - a.公告日期::date"
    leads = demo.rows(
        f"select min({lead}), max({lead}) from visit_announcements as a "
        "join leader_visits as v using (活动编号, sender) where v.下访日期 > '2003-01-31'"
    )
    assert leads == [(3, 14)]
    notices = demo.rows(
        "select distinct count(a.公告编号) from leader_visits as v "
        "left join visit_announcements as a using (活动编号, sender) "
        "where v.状态 <> '计划' group by 活动编号 order by 1"
    )
    assert notices == [(0,), (1,), (2,)]


def test_batches_are_received_at_held_visits_on_their_day(demo):
    agreement = demo.rows(
        "select distinct v.状态, r.接待时间[:10] = v.下访日期, r.接待地 = v.下访地, "
        "r.接待层级 = v.领导层级 "
        "from receptions as r left join leader_visits as v using (活动编号, sender)"
    )
    assert agreement == [("已举行", True, True, True)]
    assert demo.count("receptions", "问题数::integer < 1 or 人次::integer < 1") == 0
    assert demo.count("receptions", "代表人数::integer not between 1 and 人次::integer") == 0
    too_many = demo.truth["systems"]["counts"]["batches_with_too_many_reps"]
    assert demo.count("receptions", "代表人数::integer > 5") == too_many > 0
    assert demo.count("receptions", "当场化解数::integer not between 0 and 问题数::integer") == 0
    assert demo.count("receptions", "(接待结果 = '当场化解') <> (当场化解数 = 问题数)") == 0


def test_linked_batches_and_cases_tell_the_same(demo):
    """Each case with the batch at which it was registered, the first about it."""
    first = (
        "(select * from receptions where 信访编号 is not null qualify "
        "接待时间 = min(接待时间) over (partition by 信访编号, sender))"
    )
    linked = demo.count(first)
    assert 0 < linked < demo.count("receptions")
    agreement = demo.rows(
        "select distinct c.信访形式, c.登记时间 = r.接待时间, c.人次 = r.人次, "
        f"c.接收层级 = r.接待层级 from {first} as r "
        "left join case_register as c using (信访编号, sender)"
    )
    assert agreement == [("下访现场", True, True, True)]
    assert demo.count("case_register", "信访形式 = '下访现场'") == linked


def test_the_province_reports_its_own_visits_and_links_no_case(demo):
    assert demo.count("leader_visits", "(sender = 'F00') <> (领导层级 = '省')") == 0
    assert demo.count("receptions", "sender = 'F00' and 信访编号 is not null") == 0
