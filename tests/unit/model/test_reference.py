"""Reference files are read strictly, and a home's own win."""

import pytest

from pipelines.ingest.reference import load_series_breaks
from pipelines.words import UserError

OFFICES = "office_id,region_code,level"


def refusal(world):
    with pytest.raises(UserError) as caught:
        world.load()
    return caught.value


def test_regions_get_their_row_their_parents_and_open_ends(bare):
    bare.load()
    assert bare.show(
        "regions",
        "region_row city_code province_code valid_to",
        "region_code in ('990000', '990200', '990202')",
    ) == [
        "990000@0001-01-01 |  | 990000 | 9999-12-31",
        "990200@0001-01-01 | 990200 | 990000 | 9999-12-31",
        "990202@0001-01-01 | 990200 | 990000 | 9999-12-31",
    ]


def test_a_county_directly_under_a_province_has_a_province_and_no_city(bare):
    bare.reference(
        "regions.csv",
        """
        code,name_zh,level,parent_code
        10,省,province,
        19,直辖县,county,10
        """,
    )
    bare.load()
    assert bare.show("regions", "city_code province_code", "region_code = '19'") == [" | 10"]


def test_a_county_belongs_to_the_city_of_its_own_first_day(bare):
    bare.reference(
        "regions.csv",
        """
        code,name_zh,level,parent_code,valid_from,valid_to
        10,甲省,province,,,
        20,乙省,province,,,
        11,市,city,10,,2000-01-01
        11,市,city,20,2000-01-01,
        111,县,county,11,,2000-01-01
        111,县,county,11,2000-01-01,
        """,
    )
    bare.load()
    assert bare.show("regions", "region_row province_code", "region_code = '111'") == [
        "111@0001-01-01 | 10",
        "111@2000-01-01 | 20",
    ]


def test_a_home_of_one_region_needs_no_file(bare):
    bare.region_set = "single"
    bare.load()
    assert bare.show("regions", "region_row level province_code") == [
        "000000@0001-01-01 | province | 000000"
    ]


def test_the_home_s_own_file_beats_the_shipped_one(bare):
    bare.region_set = "zj"
    bare.reference("geo/regions_zj.csv", "code,name_zh,level\n330000,浙江省,province")
    bare.reference(
        "calendar_days.csv", "day,is_workday,holiday_zh,holiday_en\n2024-01-01,false,元旦,"
    )
    bare.load()
    assert bare.show("regions", "region_code") == ["330000"]
    assert bare.show("calendar_days", "day is_workday holiday_zh") == ["2024-01-01 | false | 元旦"]


def test_a_home_without_files_of_its_own_gets_the_shipped_ones(bare):
    bare.region_set = "zj"
    for name in ("rule_calendar.csv", "calendar_days.csv"):
        (bare.home.reference / name).unlink()
    bare.load()
    assert bare.show("rule_calendar", "value", "rule_id = 'CN-2005-HANDLE'") == ["60"]
    assert bare.show("calendar_days", "is_workday", "day = '2003-01-01'") == ["false"]
    assert bare.show("offices", "office_id") == []


def test_tables_carry_the_comments_of_their_contracts(bare, tables):
    bare.load()
    ((comment,),) = bare.con.execute(
        "select comment from duckdb_columns() where schema_name = 'geo' "
        "and table_name = 'region_validity' and column_name = 'status'"
    ).fetchall()
    words = tables["region_validity"].column("status").words
    assert comment == f"{words.zh} {words.en}"


def test_a_byte_order_mark_and_windows_line_ends_are_read(bare):
    (bare.home.reference / "offices.csv").write_bytes(
        b"\xef\xbb\xbf" + f"{OFFICES}\r\nF01,990100,city\r\n".encode()
    )
    bare.load()
    assert bare.show("offices", "office_id valid_from valid_to") == [
        "F01 | 0001-01-01 | 9999-12-31"
    ]


def test_own_regions_must_be_there(bare):
    (bare.home.reference / "regions.csv").unlink()
    error = refusal(bare)
    assert (error.key, error.facts["region_set"]) == ("model.REFERENCE_MISSING", "own")


@pytest.mark.parametrize(
    ("text", "key", "facts"),
    [
        ("region_code,level\n990100,city", "COLUMN_MISSING", {"column": "office_id"}),
        (f"{OFFICES},phone\nF01,990100,city,1", "COLUMN_UNKNOWN", {"number": 4}),
        (f"{OFFICES},level\nF01,990100,city,city", "COLUMN_TWICE", {"column": "level"}),
        (
            f"{OFFICES}\nF01,990100,city\n,990100,city",
            "EMPTY",
            {"column": "office_id", "record": 2, "count": 1},
        ),
        (f"{OFFICES}\nF01,990100,town", "CODE", {"column": "level", "record": 1}),
        (
            f"{OFFICES}\nF01,990100,city\nF02,,\nF01,,",
            "KEY_TWICE",
            {"columns": "office_id", "record": 1, "other": 3},
        ),
        (
            f"{OFFICES},reports_from\nF01,,,2020-01-01\nF02,,,01/02/2020",
            "TYPE",
            {"column": "reports_from", "record": 2, "expected": "date"},
        ),
        (f"{OFFICES}\nF01,990100,city,too,many", "UNREADABLE", {"columns": 3}),
        (f"{OFFICES}\nF01", "UNREADABLE", {"columns": 3}),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_place(bare, text, key, facts):
    path = bare.reference("offices.csv", text)
    error = refusal(bare)
    assert error.key == f"model.REFERENCE_{key}"
    assert error.facts["file"] == path
    assert facts.items() <= error.facts.items()


def test_no_cell_is_quoted_in_an_error(bare):
    bare.reference("offices.csv", f"{OFFICES},reports_from\nF01,990100,city,SECRET")
    error = refusal(bare)
    assert "SECRET" not in str(error)
    assert error.__cause__ is None


def test_a_file_that_is_not_utf8_is_refused(bare):
    path = bare.home.reference / "offices.csv"
    path.write_bytes("office_id,name_zh\nF01,澜川市信访局\n".encode("gb18030"))
    error = refusal(bare)
    assert (error.key, error.facts["file"]) == ("model.REFERENCE_ENCODING", path)


def test_an_office_must_lie_in_the_region_set(bare):
    bare.reference("offices.csv", f"{OFFICES}\nF01,990100,city\nF02,110101,county")
    error = refusal(bare)
    assert error.key == "model.OFFICE_REGION"
    assert (error.facts["count"], error.facts["region_set"]) == (1, "own")


def test_two_versions_of_a_region_may_not_begin_on_one_day(bare):
    path = bare.reference("regions.csv", "code,name_zh,level\n10,省,province\n10,又一个省,province")
    error = refusal(bare)
    assert (error.key, error.facts["file"]) == ("model.REFERENCE_KEY_TWICE", path)


BREAKS = "break_on,kind,indicators,region_set,title_zh,title_en,source"


def load_breaks(bare) -> list[tuple[object, ...]]:
    bare.con.execute("create schema if not exists model")
    load_series_breaks(bare.con, bare.home, bare.settings, bare.tables)
    return bare.con.execute(
        "select cast(break_on as varchar), kind, indicators from model.series_breaks"
    ).fetchall()


def test_breaks_of_the_home_s_own_world_are_read(bare):
    bare.reference(
        "series_breaks.csv",
        f"""
        {BREAKS}
        2014-05-01,rule,a b,real,办法施行,Rule in force,press
        2014-01-01,system,*,fictional,虚构,Invented,
        """,
    )
    assert load_breaks(bare) == [("2014-05-01", "rule", "a b")]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("2014-5-32,rule,*,real,办法,Rule,", "TYPE"),
        ("2014-05-01,revolution,*,real,办法,Rule,", "CODE"),
        ("2014-05-01,rule,*,real,,Rule,", "EMPTY"),
        ("2014-05-01,rule", "UNREADABLE"),
    ],
)
def test_breaks_are_read_as_strictly_as_the_other_files(bare, line, key):
    path = bare.reference("series_breaks.csv", f"{BREAKS}\n{line}")
    with pytest.raises(UserError) as caught:
        load_breaks(bare)
    assert (caught.value.key, caught.value.facts["file"]) == (f"model.REFERENCE_{key}", path)
