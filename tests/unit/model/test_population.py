"""Population: figures that cannot be right are refused, and growth between them follows by hand."""

import csv
from math import exp, log
from pathlib import Path

import pytest

from pipelines.words import UserError

VERIFIED = Path(__file__).parent / "verified" / "population_stable_units_zj.csv"
HEADER = "region_code,code_as_of,reference_date,population_type,persons,source,is_estimate"


def population(world, *lines):
    """The home's file: `code as_of reference type persons`, the rest as usual."""
    rows = [",".join([*line.split(), "来源", "false"]) for line in lines]
    return world.reference("population.csv", "\n".join([HEADER, *rows]))


def figures(world, row, columns="month_start person_days is_estimated"):
    return world.show("population_days", columns, f"region_row = '{row}'")


def test_between_two_figures_growth_is_geometric_and_only_whole_years_count(bare):
    population(
        bare,
        "990102 2010-07-01 2010-07-01 census 100000",
        "990102 2010-07-01 2012-07-01 census 121000",
    )
    bare.load()
    shown = figures(bare, "990102@0001-01-01")
    growth = log(121000 / 100000) / 731  # 2012 had a 29 February
    to_15_march = 184 + 59 + 14  # days from 1 July
    march = round(100000 * exp(growth * to_15_march) * 31)
    assert f"2011-03-01 | {march} | true" in shown
    assert (shown[0][:10], shown[-1][:10]) == ("2011-01-01", "2017-12-01")


def test_figures_of_every_year_are_measured_and_what_goes_on_after_them_is_not(bare):
    population(
        bare,
        "990102 2010-01-01 2009-12-31 resident 100000",
        "990102 2010-01-01 2010-12-31 resident 100000",
        "990102 2010-01-01 2011-12-31 resident 102000",
    )
    bare.load()
    shown = figures(bare, "990102@0001-01-01")
    assert f"2010-06-01 | {100000 * 30} | false" in shown
    assert [line[-4:] for line in shown if line.startswith("2012")] == ["true"] * 12
    assert shown[-1].startswith("2016-12-01")


def test_one_figure_tells_no_growth(bare):
    population(bare, "990102 2010-01-01 2009-12-31 resident 100000")
    bare.load()
    assert figures(bare, "990102@0001-01-01") == []
    assert bare.show("population_cover", "region_row") == []


SPLIT = """
    code,name_zh,level,parent_code,valid_from,valid_to
    990000,省,province,,,
    990100,东市,city,990000,,
    990102,甲区,county,990100,,2012-05-01
    990102,甲区,county,990100,2012-05-01,
    990104,新区,county,990100,2012-05-01,
    990103,乙县,county,990100,,
"""
EVENTS = """
    event_date,kind,old_code,new_code,old_share,new_share
    2012-05-01,carve_out,990102,990104,part,all
"""


def split(world, *lines):
    world.reference("regions.csv", SPLIT)
    world.reference("region_events.csv", EVENTS)
    population(world, *lines)
    world.load()


def test_across_a_change_of_boundary_only_the_stable_unit_has_a_population(bare):
    split(
        bare,
        "990102 2010-12-31 2010-12-31 census 300000",
        "990102 2020-12-31 2020-12-31 census 200000",
        "990104 2020-12-31 2020-12-31 census 100000",
    )
    assert set(bare.show("population_days", "region_row")) == {"SU990102@0001-01-01"}
    assert f"2015-06-01 | {300000 * 30} | true" in figures(bare, "SU990102@0001-01-01")
    covered = bare.show("population_cover", "region_row", "from_on = '2012-05-01'")
    assert covered == ["990102@2012-05-01", "990104@2012-05-01", "SU990102@0001-01-01"]


def test_what_a_city_has_beside_its_known_counties_stands_at_the_city(bare):
    """990103 has no figure: its people are in the city's alone, and nobody is counted twice."""
    split(
        bare,
        "990100 2010-12-31 2010-12-31 census 500000",
        "990100 2020-12-31 2020-12-31 census 500000",
        "990102 2010-12-31 2010-12-31 census 300000",
        "990102 2020-12-31 2020-12-31 census 200000",
        "990104 2020-12-31 2020-12-31 census 100000",
    )
    assert f"2015-06-01 | {200000 * 30} | true" in figures(bare, "990100@0001-01-01")
    assert f"2015-06-01 | {300000 * 30} | true" in figures(bare, "SU990102@0001-01-01")
    assert "990103@0001-01-01" in bare.show(
        "population_cover", "region_row", "from_on = '2015-06-01'"
    )


def test_the_census_of_zhejiang_by_stable_unit_is_the_verified_one(bare):
    bare.region_set = "zj"
    bare.load()
    found = bare.con.execute(
        "select stable_unit, year(reference_on), sum(persons) from model.population "
        "inner join geo.regions as r on r.region_code = population.region_code "
        "and valid_from <= code_valid_on and valid_to > code_valid_on "
        "where level = 'county' and reference_on > '2005-01-01' group by all"
    ).fetchall()
    with VERIFIED.open(encoding="utf-8", newline="") as file:
        expected = {
            (row["stable_unit"], year, int(row[f"pop_{year}"]))
            for row in csv.DictReader(file)
            for year in (2010, 2020)
        }
    assert set(found) == expected


def test_the_province_has_the_census_between_its_months(bare):
    """The month of the census lies within a thousandth of the census itself."""
    bare.region_set = "zj"
    bare.load()
    found = bare.con.execute(
        "select month_start, sum(person_days) / 30 from model.population_days "
        "where month_start in ('2010-11-01', '2020-11-01') group by 1 order by 1"
    ).fetchall()
    for (_, persons), census in zip(found, (54426891, 64567588), strict=True):
        assert persons == pytest.approx(census, rel=1e-3)


@pytest.mark.parametrize(
    ("lines", "key", "record"),
    [
        (["990109 2010-01-01 2010-01-01 census 5"], "CODE", 1),
        (["990102 2010-01-01 2010-01-01 census 0"], "PERSONS", 1),
        (
            [
                "990102 2010-01-01 2010-01-01 census 500",
                "990102 2011-01-01 2011-01-01 registered 400",
            ],
            "TYPES",
            2,
        ),
        (
            [
                "990102 2010-01-01 2010-01-01 census 500",
                "990103 2010-01-01 2010-01-01 census 500",
                "990100 2010-01-01 2010-01-01 census 1011",
            ],
            "SUM",
            3,
        ),
        (
            [
                "990102 2010-01-01 2010-01-01 resident 1000",
                "990102 2010-01-01 2011-01-01 resident 1251",
            ],
            "JUMP",
            2,
        ),
    ],
)
def test_figures_that_cannot_be_right_are_refused_with_file_and_record(bare, lines, key, record):
    path = population(bare, *lines)
    with pytest.raises(UserError) as caught:
        bare.load()
    assert (caught.value.key, caught.value.facts["file"]) == (f"model.POPULATION_{key}", path)
    assert caught.value.facts["record"] == record


@pytest.mark.parametrize(
    "lines",
    [
        [
            "990102 2010-01-01 2010-01-01 census 500",
            "990103 2010-01-01 2010-01-01 census 500",
            "990100 2010-01-01 2010-01-01 census 1010",
        ],
        [
            "990102 2010-01-01 2010-01-01 census 500",
            "990100 2010-01-01 2010-01-01 census 5000",
        ],
        [
            "990102 2010-01-01 2010-01-01 resident 1000",
            "990102 2010-01-01 2011-01-01 resident 1250",
        ],
        [
            "990102 2010-01-01 2010-01-01 census 1000",
            "990102 2010-01-01 2020-01-01 census 3000",
        ],
    ],
)
def test_figures_at_the_limit_or_far_apart_in_time_are_taken(bare, lines):
    population(bare, *lines)
    bare.load()


def test_a_change_of_boundary_may_change_a_population_by_any_amount(bare):
    split(
        bare,
        "990102 2012-01-01 2012-01-01 resident 300000",
        "990102 2013-01-01 2013-01-01 resident 100000",
    )
