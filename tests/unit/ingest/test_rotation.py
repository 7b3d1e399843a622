"""A change of the key: every pseudonym is another, every figure the same, the day is kept."""

import base64
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.privacy import pseudonyms
from pipelines.privacy.pseudonyms import (
    Key,
    key_file,
    link_breaks,
    open_key,
    pseudonym_sql,
    rotate_key,
    use_key,
)
from tests.unit.ingest.test_pseudonyms import VECTORS
from tests.unit.ingest.world import CASES_PATH, World, cases

DAY = date(2026, 11, 2)
FIGURES = (
    "select office_id, count(*), count(distinct matter_key), sum(persons), "
    "count(*) filter (where matter_key = case_id) from landing.cases group by 1 order by 1"
)


@pytest.mark.parametrize(("secret", "message", "expected"), [v for v in VECTORS if v[1].isascii()])
def test_the_expression_that_hashes_columns_is_that_of_the_standard(
    secret: bytes, message: bytes, expected: str
):
    con = duckdb.connect()
    use_key(con, Key(secret))
    found = con.execute(
        f"select distinct {pseudonym_sql('m')} from (select ?::varchar as m from range(5000))",
        [message.decode()],
    ).fetchall()
    assert found == [(base64.b64encode(bytes.fromhex(expected)[:9]).decode(),)]


def test_figures_stay_and_pseudonyms_do_not(world: World):
    rows = ["A1,M1,F0101,2026-01-05,2", "A2,M1,F0101,2026-01-06,1", "A3,,F0102,2026-01-07,5"]
    world.drop(CASES_PATH, cases(*rows))
    world.build()
    figures, before = world.query(FIGURES), world.rows("cases", "case_id, matter_key")
    old = key_file(world.home).read_text(encoding="ascii")
    rotate_key(world.home, DAY)
    world.build()
    after = world.rows("cases", "case_id, matter_key")
    assert world.query(FIGURES) == figures
    assert {p for row in before for p in row}.isdisjoint(p for row in after for p in row)
    assert world.query("from ops.link_breaks") == [(DAY,)]
    assert old != key_file(world.home).read_text(encoding="ascii")
    assert old.strip().encode() not in world.all_bytes_below(world.home.root)


def test_days_add_up(world: World):
    open_key(world.home)
    later = date(2027, 3, 4)
    rotate_key(world.home, DAY)
    rotate_key(world.home, later)
    assert link_breaks(world.home) == [DAY, later]


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("last", ["link_breaks.jsonl", "key.fingerprint"])
def test_a_change_that_was_cut_off_has_happened_or_has_not(
    world: World, monkeypatch: pytest.MonkeyPatch, last: str
):
    old = open_key(world.home)
    write = pseudonyms.write_durably

    def write_and_die(path: Path, text: str) -> None:
        write(path, text)
        if path.name == last:
            raise Killed

    monkeypatch.setattr(pseudonyms, "write_durably", write_and_die)
    with pytest.raises(Killed):
        rotate_key(world.home, DAY)
    monkeypatch.undo()
    monkeypatch.setenv("PETITIONS_KEY_FILE", str(world.home.root.parent / "keys" / "test.key"))
    happened = last == "key.fingerprint"
    assert (open_key(world.home) != old) is happened
    assert link_breaks(world.home) == ([DAY] if happened else [])
    rotate_key(world.home, DAY)
    assert len(link_breaks(world.home)) == 1 + happened


IDENTITY_MAPPING = """
source: own
title: {zh: 登记表, en: Register}
shape: cases
table: cases
sender: {from: column, column: 机构}
as_of: {from: fixed, value: "2026-10-31"}
columns:
  编号: {to: case_id}
  事项: {to: matter_key}
  机构: {to: office_id}
  时间: {to: registered_at, dates: [year_first]}
  属地: {to: region_code}
  分类: {to: content_code, values: {土地: land, 教育: education_culture_sport}}
  证件号: {personal: key}
"""


def test_a_matter_is_told_by_petitioner_topic_and_city_and_never_by_petitioner_alone(
    world: World,
):
    world.mapping(IDENTITY_MAPPING)
    who, other = "990106194912310046", "99010119780312625X"
    rows = [
        f"1,,F01,2026-01-05,990102,土地,{who}",
        f"2,,F02,2026-02-05,990103,土地,{who[:6]} {who[6:]}",
        f"3,,F01,2026-03-05,990102,教育,{who}",
        f"4,,F01,2026-04-05,990202,土地,{who}",
        f"5,,F01,2026-05-05,990102,别的,{who}",
        f"6,,F01,2026-06-05,,土地,{who}",
        f"7,,F01,2026-07-05,990102,土地,{other}",
        f"8,,F01,2026-08-05,990102,土地,{other.lower()}",
        "9,,F01,2026-09-05,990102,土地,",
        f"10,M1,F01,2026-09-06,990102,土地,{who}",
    ]
    world.drop("own/x.csv", "\n".join(("编号,事项,机构,时间,属地,分类,证件号", *rows)))
    world.build()
    keys = [key for (key,) in world.rows("cases", "matter_key")]
    own = [case_id for (case_id,) in world.rows("cases", "case_id")]
    assert keys[0] == keys[1]
    assert keys[6] == keys[7]
    assert len({*keys}) == len(keys) - 2
    assert [n for n, (key, case) in enumerate(zip(keys, own, strict=True), 1) if key == case] == [
        *(5, 6, 9)
    ]
    assert who.encode() not in world.all_bytes_below(world.home.warehouse)


def test_a_topic_or_place_that_the_mapping_states_is_known_of_every_record(world: World):
    lines = [line for line in IDENTITY_MAPPING.splitlines() if "content_code" not in line]
    world.mapping("\n".join((*lines, "constants: {content_code: land}", "")))
    who = "990106194912310046"
    rows = [f"1,,F01,2026-01-05,990102,{who}", f"2,,F02,2026-02-05,990103,{who}"]
    world.drop("own/x.csv", "\n".join(("编号,事项,机构,时间,属地,证件号", *rows)))
    world.build()
    [(first, own), (second, _)] = world.rows("cases", "matter_key, case_id")
    assert first == second != own
