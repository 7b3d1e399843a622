"""An export that writes places by name works by its mapping alone, through the steps of a run."""

from pipelines.run import Installation, accept_records, derive_model, parse_files
from tests.unit.ingest.world import World

MAPPING = """
source: named_register
title: {zh: 以名称填写属地的登记表, en: Register with places by name}
shape: cases
table: cases
files: ["*台账*.csv"]
format: {encoding: [utf-8]}
sender: {from: name, pattern: "^(?P<sender>[0-9A-Za-z]+)_"}
as_of: {from: name, pattern: "_(?P<as_of>[0-9]{8})", format: "%Y%m%d"}
places: names
columns:
  编号: {to: case_id, required: true}
  机构: {to: office_id}
  属地: {to: region_code}
  登记日期: {to: registered_at, dates: ["%Y-%m-%d"]}
"""
ROWS = """编号,机构,属地,登记日期
1,F01,临安市,2016-03-01
2,F01,临安区,2018-03-01
3,F01,杭州市临安区,2018-03-02
4,F01,绍兴,2010-03-01
5,F01,330726,2018-03-03
6,F01,越州,2018-03-04
"""

MATTERS = """
source: {name}
title: {{zh: 登记表, en: Register}}
shape: cases
table: cases
sender: {{from: fixed, value: {sender}}}
as_of: {{from: fixed, value: "2018-12-31"}}
places: {places}
columns:
  编号: {{to: case_id, required: true}}
  机构: {{to: office_id}}
  属地: {{to: region_code}}
  分类: {{to: content_code, values: {{土地: land, 教育: education_culture_sport}}}}
  登记日期: {{to: registered_at, dates: ["%Y-%m-%d"]}}
  证件号: {{personal: key}}
"""
WHO = "330102194912310047"


def test_names_become_the_regions_of_their_days_and_what_is_unclear_is_refused(
    world: World,
) -> None:
    world.mapping(MAPPING, "named_register")
    world.drop("F01_台账_20181231.csv", ROWS)
    (world.home.root / "petitions.toml").write_text('region_set = "zj"\n', encoding="utf-8")
    world.land()
    installation = Installation.at(world.home.root)
    for step in (parse_files, accept_records, derive_model):
        step(installation)
    assert world.query(
        "select registered_on::varchar, region_row from model.case_timelines order by all"
    ) == [
        ("2016-03-01", "330185@0001-01-01"),
        ("2018-03-01", "330112@2017-07-18"),
        ("2018-03-02", "330112@2017-07-18"),
        ("2018-03-03", "330726@0001-01-01"),
    ]
    refused = "select record_no, reason_code from quarantine.records where severity = 'error'"
    assert world.query(f"{refused} order by all") == [
        (4, "E_REGION_UNCLEAR"),
        (6, "E_REGION_UNKNOWN"),
    ]


def test_a_matter_is_one_whether_its_place_is_written_by_name_or_as_a_code(world: World) -> None:
    """By the city: 临安 in 杭州 has two codes through time and more names."""
    header = "编号,机构,属地,分类,登记日期,证件号"
    by_name = [
        f"1,F01,临安市,土地,2016-03-01,{WHO}",
        f"2,F01,杭州市临安 区,土地,2018-03-01,{WHO}",
        f"3,F01,温州市,土地,2018-03-01,{WHO}",
        f"4,F01,330185,土地,2016-03-01,{WHO}",
        f"5,F01,临安市,教育,2016-03-01,{WHO}",
    ]
    by_code = [
        f"1,F02,330185,土地,2016-05-01,{WHO}",
        f"2,F02,330112,土地,2018-05-01,{WHO}",
        f"3,F02,330302,土地,2018-05-01,{WHO}",
    ]
    world.mapping(MATTERS.format(name="named", sender="F01", places="names"), "named")
    world.mapping(MATTERS.format(name="coded", sender="F02", places="codes"), "coded")
    world.drop("named/a.csv", "\n".join((header, *by_name)))
    world.drop("coded/b.csv", "\n".join((header, *by_code)))
    world.in_region_set("zj")
    world.build()
    keys = dict(
        world.query("select sender_id || record_no::varchar, matter_key from landing.cases")
    )
    assert keys["F011"] == keys["F012"] == keys["F014"] == keys["F021"] == keys["F022"]
    assert keys["F013"] == keys["F023"]
    assert len(set(keys.values())) == 3


def test_what_an_export_means_by_its_names_is_read_anew_when_the_names_change(
    world: World,
) -> None:
    world.mapping(MATTERS.format(name="named", sender="F01", places="names"), "named")
    world.drop(
        "named/a.csv", f"编号,机构,属地,分类,登记日期,证件号\n1,F01,塘栖,土地,2016-03-01,{WHO}\n"
    )
    world.in_region_set("zj")
    world.build()
    before = world.rows("cases", "matter_key")
    aliases = world.home.reference / "geo" / "region_aliases_zj.csv"
    aliases.parent.mkdir(parents=True)
    aliases.write_text("alias,code,valid_from,valid_to,note\n塘栖,330110,,,\n", encoding="utf-8")
    world.build()
    assert world.rows("cases", "matter_key") != before
