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
