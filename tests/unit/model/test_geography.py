"""Stable units and crosswalk follow from regions and changes, and equal the verified tables.

`verified/` holds the tables that were derived and checked when the region history was compiled
(data/reference/geo/PROVENANCE.md), not by this program.
"""

import csv
from datetime import date
from pathlib import Path

import pytest

from pipelines.ingest.geography import derive_geography, tied_together

VERIFIED = Path(__file__).parent / "verified"
OPEN = "0001-01-01", "9999-12-31"


def verified(name, columns):
    """Those columns of a verified table, as text, with the ends that are open written out."""
    ends = {"valid_from": OPEN[0], "valid_to": OPEN[1]}
    ends |= {f"from_{column}": end for column, end in ends.items()}
    with (VERIFIED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            tuple(row[column] or ends.get(column) for column in columns.split())
            for row in csv.DictReader(file)
        ]


def load(world, region_set):
    world.region_set = region_set
    if region_set == "zj2000":  # not a set to choose: the units of the census of 2000
        world.region_set = "own"
        for table in ("regions", "region_events"):
            shipped = Path("data/reference/geo") / f"{table}_zj2000.csv"
            (world.home.reference / f"{table}.csv").write_text(shipped.read_text("utf-8"), "utf-8")
    world.load()
    return world


@pytest.mark.parametrize(
    ("region_set", "since", "units"),
    [("zj", None, 82), ("cn", None, 2610), ("zj2000", date(2000, 11, 1), 75)],
)
def test_units_are_the_verified_ones(bare, tables, region_set, since, units):
    load(bare, region_set)
    if since:
        bare.con.execute("delete from geo.regions where level = 'unit'")
        derive_geography(bare.con, tables, since)
    derived = bare.con.execute(
        "select stable_unit, unit_zh, region_code, cast(valid_from as varchar), "
        "cast(valid_to as varchar) from geo.stable_units"
    ).fetchall()
    columns = "stable_unit unit_name code valid_from valid_to"
    assert sorted(derived) == sorted(verified(f"stable_units_{region_set}", columns))
    assert len({unit for unit, *_ in derived}) == units


def test_the_crosswalk_of_zhejiang_is_the_verified_one(bare):
    load(bare, "zj")
    derived = bare.con.execute(
        "select region_code, cast(valid_from as varchar), cast(valid_to as varchar), to_code, "
        "relation, cast(is_exact as varchar), stable_unit from geo.crosswalk"
    ).fetchall()
    columns = "from_code from_valid_from from_valid_to to_code relation exact stable_unit"
    assert sorted(derived, key=str) == sorted(verified("crosswalk_zj", columns), key=str)
    assert len(derived) == 133


@pytest.mark.parametrize(
    ("code", "begins", "targets"),
    [
        ("330104", OPEN[0], ["330102 | part | false", "330114 | part | false"]),
        ("330103", OPEN[0], ["330105 | wholly_inside | true"]),
        ("330402", OPEN[0], ["330402 | renamed_or_upgraded | true"]),
        ("330185", OPEN[0], ["330112 | renamed_or_upgraded | true"]),
        ("330212", OPEN[0], ["330203 | part | false", "330212 | part | false"]),
        ("330212", "2016-09-14", ["330212 | same | true"]),
        ("330726", OPEN[0], ["330726 | same | true"]),
    ],
)
def test_a_county_that_was_divided_has_no_exact_heir(bare, code, begins, targets):
    load(bare, "zj")
    where = f"region_row = '{code}@{begins}'"
    assert bare.show("crosswalk", "to_code relation is_exact", where) == targets


def test_units_of_several_counties_are_regions_of_their_city(bare):
    """Gongshu with old Xiacheng is one: before 2021 it held two counties."""
    load(bare, "zj")
    assert bare.show("regions", "region_code name_zh city_code", "level = 'unit'") == [
        "SU330102 | 上城区+萧山区+钱塘区 | 330100",
        "SU330105 | 拱墅区 | 330100",
        "SU330110 | 余杭区+临平区 | 330100",
        "SU330203 | 海曙区+鄞州区 | 330200",
        "SU330303 | 龙湾区+洞头区 | 330300",
        "SU330327 | 苍南县+龙港市 | 330300",
        "SU330602 | 越城区+柯桥区+上虞区 | 330600",
    ]


def test_a_unit_over_a_border_lies_in_the_province_and_over_two_provinces_in_nothing(bare):
    bare.reference(
        "regions.csv",
        """
        code,name_zh,level,parent_code,valid_from,valid_to
        10,一省,province,,,
        20,二省,province,,,
        11,一市,city,10,,
        12,二市,city,10,,
        111,甲,county,11,,2010-01-01
        111,甲,county,11,2010-01-01,
        121,乙,county,12,,2010-01-01
        121,乙,county,12,2010-01-01,
        112,丙,county,11,,2012-01-01
        112,丙,county,11,2012-01-01,
        201,丁,county,20,,2012-01-01
        201,丁,county,20,2012-01-01,
        """,
    )
    bare.reference(
        "region_events.csv",
        """
        event_date,kind,old_code,new_code,old_share,new_share
        2010-01-01,transfer,111,121,part,part
        2012-01-01,transfer,112,201,part,part
        """,
    )
    bare.load()
    assert bare.show("regions", "region_code parent_code city_code", "level = 'unit'") == [
        "SU111 | 10 | "
    ]
    assert bare.show("stable_units", "stable_unit region_code", "valid_from = '0001-01-01'") == [
        "SU111 | 111",
        "SU111 | 121",
        "SU112 | 112",
        "SU112 | 201",
    ]


def test_links_tie_whole_chains_whatever_their_order():
    assert tied_together([("d", "c"), ("x", "y"), ("b", "a"), ("c", "b")]) == {
        **dict.fromkeys("abcd", "a"),
        **dict.fromkeys("xy", "x"),
    }
