"""What a region code means on a day, and who takes over from whom.

The cases are those of Zhejiang's own history (design/geography.md §6 and Appendix A).
"""

import pytest

from pipelines.settings import SHIPPED_REFERENCE

MEANING = (
    "select status, region_row from geo.region_validity "
    "where region_code = ? and from_on <= ? and until_on > ?"
)


@pytest.fixture
def zhejiang(bare):
    bare.region_set = "zj"
    bare.load()
    return bare


def meaning(world, code, day):
    return world.con.execute(MEANING, [code, day, day]).fetchall()


@pytest.mark.parametrize(
    ("code", "day", "status", "region_row"),
    [
        # Lin'an: city 330185 until 2017-07-18, then district 330112
        ("330185", "2017-07-17", "valid", "330185@0001-01-01"),
        ("330185", "2017-12-01", "late_old_code", "330185@0001-01-01"),
        ("330112", "2017-07-18", "valid", "330112@2017-07-18"),
        ("330112", "2010-01-01", "recoded_history", "330185@0001-01-01"),
        ("330185", "2020-01-01", "expired", None),
        # Jianggan, divided on 2021-03-11
        ("330104", "2021-03-10", "valid", "330104@0001-01-01"),
        ("330104", "2021-03-11", "late_old_code", "330104@0001-01-01"),
        ("330102", "2010-01-01", "valid", "330102@0001-01-01"),
        # Qiantang came out of two districts: before it began, only their unit holds its ground
        ("330114", "2010-01-01", "recoded_history", "SU330102@0001-01-01"),
        # Xiacheng, wholly merged into Gongshu
        ("330103", "2021-03-11", "late_old_code", "330103@0001-01-01"),
        # Yinzhou: same code and name, other territory
        ("330212", "2016-09-13", "valid", "330212@0001-01-01"),
        ("330212", "2016-09-14", "valid", "330212@2016-09-14"),
        # Xiucheng became Nanhu under the same code
        ("330402", "2005-05-16", "valid", "330402@0001-01-01"),
        ("330402", "2005-05-17", "valid", "330402@2005-05-17"),
        # Longgang, cut out of Cangnan on 2019-08-16
        ("330383", "2019-08-15", "recoded_history", "330327@0001-01-01"),
        ("330383", "2019-08-16", "valid", "330383@2019-08-16"),
        # districts of a city that had none lay in the city
        ("330502", "2003-01-01", "recoded_history", "330500@0001-01-01"),
        # Wenzhou's economic zone: a code of statistics only, for as long as those had it
        ("330371", "2018-01-01", "statistical_only", "330303@2015-07-23"),
        ("330371", "2014-01-01", "recoded_history", "330303@0001-01-01"),
        ("330371", "2023-07-01", "late_old_code", "330303@2015-07-23"),
        ("330371", "2025-01-01", "expired", None),
        # a stable unit, a city, the province, and the districts of a city together
        ("SU330102", "2010-01-01", "roll_up", "SU330102@0001-01-01"),
        ("330100", "2024-01-01", "roll_up", "330100@0001-01-01"),
        ("330000", "2024-01-01", "roll_up", "330000@0001-01-01"),
        ("330101", "2024-01-01", "roll_up", "330100@0001-01-01"),
    ],
)
def test_a_code_means_one_version_on_a_day(zhejiang, code, day, status, region_row):
    assert meaning(zhejiang, code, day) == [(status, region_row)]


@pytest.mark.parametrize("code", ["330999", ""])
def test_an_unknown_code_is_not_in_the_table(zhejiang, code):
    assert meaning(zhejiang, code, "2018-01-01") == []


def test_an_old_code_is_late_for_400_days_and_then_expired(zhejiang):
    ((last, first),) = zhejiang.con.execute(
        "select date '2017-07-18' + 400, date '2017-07-18' + 401"
    ).fetchall()
    assert meaning(zhejiang, "330185", last) == [("late_old_code", "330185@0001-01-01")]
    assert meaning(zhejiang, "330185", first) == [("expired", None)]


def test_a_code_used_again_is_late_first_and_recoded_after(bare):
    bare.reference(
        "regions.csv",
        """
        code,name_zh,level,parent_code,valid_from,valid_to
        10,省,province,,,
        11,旧,county,10,,2010-01-01
        11,新,county,10,2015-01-01,
        12,短,county,10,,2010-01-01
        12,继,county,10,2010-06-01,
        """,
    )
    bare.load()
    spans = bare.show(
        "region_validity", "region_code from_on until_on status", "region_code <> '10'"
    )
    assert spans == [
        "11 | 0001-01-01 | 2010-01-01 | valid",
        "11 | 2010-01-01 | 2011-02-06 | late_old_code",
        "11 | 2011-02-06 | 2015-01-01 | recoded_history",
        "11 | 2015-01-01 | 9999-12-31 | valid",
        "12 | 0001-01-01 | 2010-01-01 | valid",
        "12 | 2010-01-01 | 2010-06-01 | late_old_code",
        "12 | 2010-06-01 | 9999-12-31 | valid",
    ]


@pytest.mark.parametrize("region_set", ["zj", "cn", "fictional", "single"])
def test_spans_of_a_code_never_overlap_and_leave_no_day_out(bare, region_set):
    bare.region_set = region_set
    bare.load()
    overlaps = bare.con.execute(
        "select a.region_code from geo.region_validity a join geo.region_validity b "
        "on a.region_code = b.region_code and a.from_on < b.from_on and a.until_on > b.from_on"
    ).fetchall()
    unmet = bare.con.execute(
        "select region_row from geo.regions r where not exists "
        "(select 1 from geo.region_validity v where v.region_row = r.region_row "
        "and v.region_code = r.region_code "
        "and v.from_on = r.valid_from and v.until_on = r.valid_to)"
    ).fetchall()
    gaps = bare.con.execute(
        "select region_code from geo.region_validity group by region_code "
        "having sum(until_on - from_on) <> date '9999-12-31' - date '0001-01-01'"
    ).fetchall()
    assert (overlaps, unmet, gaps) == ([], [], [])


@pytest.mark.parametrize(
    ("day", "counties"),
    [("2002-12-31", 88), ("2016-09-13", 90), ("2016-09-14", 89), ("2020-01-01", 90)],
)
def test_zhejiang_has_as_many_counties_as_it_had(zhejiang, day, counties):
    assert zhejiang.con.execute(
        "select count(*) from geo.regions where level = 'county' and valid_from <= $1::date "
        "and valid_to > $1::date",
        [day],
    ).fetchall() == [(counties,)]


@pytest.mark.parametrize(
    ("code", "heirs"),
    [
        ("330185", ["330112@2017-07-18 | true"]),
        ("330103", ["330105@2021-03-11 | true"]),
        ("330105", ["330105@2021-03-11 | true"]),
        ("330402", ["330402@2005-05-17 | true"]),
        ("330104", ["330102@2021-03-11 | false", "330114@2021-03-11 | false"]),
        ("330327", ["330327@2019-08-16 | false", "330383@2019-08-16 | false"]),
        ("330303", ["330303@2015-07-23 | false", "330305@2015-07-23 | false"]),
        ("330322", ["330305@2015-07-23 | true"]),
        ("330500", []),
        ("330726", []),
    ],
)
def test_successors_are_exact_only_when_all_went_to_one_place(zhejiang, code, heirs):
    zhejiang.build()
    first = f"region_row = '{code}@0001-01-01'"
    assert zhejiang.show("region_successors", "successor_row is_exact", first) == heirs


@pytest.mark.parametrize("region_set", ["zj", "cn", "fictional"])
def test_shipped_regions_keep_every_blocking_rule(bare, tables, region_set):
    bare.region_set = region_set
    bare.load()
    bare.con.execute("set search_path = 'model,geo'")
    broken = {
        rule.id: bare.con.execute(rule.query).fetchall()
        for rule in tables["regions"].rules
        if rule.severity == "block"
    }
    assert broken == {"V31": [], "V31E": [], "V30": []}


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("990102,重,county,990100,2020-01-01,", "V31"),
        ("990109,反,county,990100,2020-01-01,2019-01-01", "V31E"),
        ("990109,孤,county,,,", "V30"),
        ("990109,错,county,990102,,", "V30"),
        ("990109,早,county,990300,,\n990300,北市,city,990000,2010-01-01,", "V30T"),
        (
            "990109,隙,county,990300,2000-01-01,\n990300,北市,city,990000,,2010-01-01\n990300,北市,city,990000,2011-01-01,",
            "V30T",
        ),
    ],
)
def test_a_broken_region_history_is_caught(bare, tables, line, rule):
    text = (bare.home.reference / "regions.csv").read_text(encoding="utf-8")
    (bare.home.reference / "regions.csv").write_text(text + line + "\n", encoding="utf-8")
    bare.load()
    bare.con.execute("set search_path = 'model,geo'")
    query = next(r.query for r in tables["regions"].rules if r.id == rule)
    assert len(bare.con.execute(query).fetchall()) == 1


def test_the_shipped_rule_calendars_keep_their_rules(bare, tables):
    for path in (SHIPPED_REFERENCE, SHIPPED_REFERENCE / "fictional"):
        shipped = (path / "rule_calendar.csv").read_text(encoding="utf-8")
        (bare.home.reference / "rule_calendar.csv").write_text(shipped, encoding="utf-8")
        bare.load()
        bare.con.execute("set search_path = 'model,geo'")
        for rule in tables["rule_calendar"].rules:
            assert bare.con.execute(rule.query).fetchall() == [], rule.id
        bare.con.execute("reset search_path")


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        ("A,handle_limit,,,60,day,,\nB,handle_limit,,,30,day,2020-01-01,", "M02"),
        ("A,handle_limit,city,,60,day,,", "M03"),
        ("A,handle_limit,,,60,workday,,", "M03"),
        ("A,rating_window,,online,30,day,,", "M03"),
    ],
)
def test_rules_that_contradict_or_cannot_be_applied_are_caught(bare, tables, lines, rule):
    bare.reference(
        "rule_calendar.csv",
        f"rule_id,topic,tier,channel,value,unit,valid_from,valid_to\n{lines}",
    )
    bare.load()
    bare.con.execute("set search_path = 'model,geo'")
    query = next(r.query for r in tables["rule_calendar"].rules if r.id == rule)
    assert len(bare.con.execute(query).fetchall()) == 1
