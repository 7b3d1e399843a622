"""Group G of the catalogue: what names a person does not leave the vault, wherever it stands."""

import duckdb
import pytest

from pipelines.ingest.namesakes import namesakes
from pipelines.ingest.personal import is_personal, shown_name
from pipelines.ingest.turned_away import list_turned_away, read_turned_away
from pipelines.privacy.pseudonyms import open_key, pseudonym
from pipelines.settings import SHIPPED_REFERENCE
from pipelines.words import Lang, say
from tests.unit.ingest.columns import become, land_column
from tests.unit.ingest.test_mapping import GOOD
from tests.unit.ingest.world import World, cases

# Invented: no region has a code that begins with 99, no such phone was ever given out.
IDENTITY, IDENTITY_X, IDENTITY_OLD = "990106194912310046", "99010119780312625x", "990106491231002"
PHONE, CARD, MAIL = "13900006271", "6222020000000000000", "nobody@example.invalid"
WRONG_DIGIT = f"{IDENTITY[:-1]}{(int(IDENTITY[-1]) + 1) % 10}"
PERSONAL = {
    "an identity number": IDENTITY,
    "one that ends in a small x": IDENTITY_X,
    "one of the old kind": IDENTITY_OLD,
    "one in parts": f"{IDENTITY[:6]} {IDENTITY[6:14]} {IDENTITY[14:]}",
    "a phone": PHONE,
    "a phone with its country": f"+86 {PHONE}",
    "a phone in parts": "139-0000-6271",
    "a phone in other parts": "139 00 00 62 71",
    "a wide phone": "".join(chr(ord(c) + 0xFEE0) for c in PHONE),
    "a phone split by what cannot be seen": PHONE[:3] + "\u200b" + PHONE[3:],
    "a phone in a sentence": f"请回电{PHONE}，谢谢",
    "a bank card": CARD,
    "a mail address": MAIL,
    "a chat account": "微信号：nobody_2003",
    "another chat account": "wxid_nobody2003",
}
NAMES = ["张伟", "王小明", "欧阳修远", "仉督珈珈", "阿依古丽·买买提", "甲某某女士"]
SOUND = ["F01", "330726", "已办结", "办理中", "县信访局", "浦江县人民政府办公室", "2026-0105-13800"]


@pytest.mark.parametrize("text", PERSONAL.values(), ids=PERSONAL.keys())
@pytest.mark.parametrize(
    "spec",
    [
        "to: status_exported",
        "to: region_code",
        "to: purpose, values: {求决: seek_resolution}",
        "to: persons",
        "to: due_at, dates: [year_first, excel]",
    ],
    ids=["text", "region", "label", "number", "date"],
)
def test_a_record_with_personal_data_in_a_wrong_column_is_kept_back(
    world: World, spec: str, text: str
):
    assert become(world, spec, "case_id", (text,)) == ["E_PII"]
    left = world.all_bytes_below(world.home.warehouse)
    assert text.encode() not in left


def test_a_name_in_a_column_of_texts_is_kept_back_and_a_state_is_not(world: World):
    found = become(world, "to: status_exported", "status_exported", (*NAMES, *SOUND))
    assert found == ["E_PII"] * len(NAMES) + SOUND


def test_an_office_is_a_code_or_ends_like_one(world: World):
    world.mapping(GOOD)
    offices = ["信访局", "F01", "贾思勰", "钺镓"]
    rows = [f"{n},{office},2026-01-05" for n, office in enumerate(offices)]
    world.drop("F01_own_20261031.csv", "\n".join(("编号,机构,时间", *rows)))
    world.build()
    assert [row[0] for row in world.rows("cases", "office_id")] == offices[:2]
    assert [row[:3] for row in world.refusals()] == [
        (3, "office_id", "E_PII"),
        (4, "office_id", "E_PII"),
    ]


@pytest.mark.parametrize("header", ["涉及金额（万元）", "金额(万元)", "方式", "来访方式", "任期"])
def test_a_header_that_is_a_word_names_nobody(header: str):
    assert not is_personal(header)
    assert is_personal(f"{header}_方小式")


def short_names(region_set: str) -> list[str]:
    """Every name of a place in the table of a region set, and each cut short."""
    file = SHIPPED_REFERENCE / "geo" / f"regions_{region_set}.csv"
    sql = f"""
        select distinct unnest([name_zh, regexp_replace(name_zh, '[省市县区]$', '')]) as name
        from read_csv('{file}', all_varchar = true) order by name
    """
    return [name for (name,) in duckdb.execute(sql).fetchall() if len(name) > 1]


@pytest.mark.parametrize("region_set", ["zj", "cn"])
def test_no_place_of_the_home_is_kept_back_for_a_person(world: World, region_set: str):
    world.in_region_set(region_set)
    places = tuple(short_names(region_set))
    assert {"江山", "金华", "余杭"} <= set(places)
    texts = (*places, *NAMES)
    found = become(world, "to: region_code", "region_code", texts, source="places: names")
    assert found == [*places, *["E_PII"] * len(NAMES)]


def test_an_office_may_be_called_by_its_place(world: World):
    world.in_region_set("zj")
    world.mapping(GOOD)
    rows = [f"{n},{office},2026-01-05" for n, office in enumerate(("江山", "景宁", "江小山"))]
    world.drop("F01_own_20261031.csv", "\n".join(("编号,机构,时间", *rows)))
    world.build()
    assert [row[0] for row in world.rows("cases", "office_id")] == ["江山", "景宁"]
    assert [row[:3] for row in world.refusals()] == [(3, "office_id", "E_PII")]


def test_a_state_is_not_called_like_a_place(world: World):
    world.in_region_set("zj")
    assert become(world, "to: status_exported", "status_exported", ("江山",)) == ["E_PII"]


def test_a_place_elsewhere_is_no_place_of_the_home(world: World):
    world.in_region_set("fictional")
    found = become(world, "to: region_code", "region_code", ("江山",), source="places: names")
    assert found == ["E_PII"]


def test_a_file_may_be_called_by_its_place(world: World):
    world.in_region_set("zj")
    places = namesakes(world.home, world.settings)
    assert not is_personal("江山_台账_20261031", places)
    assert is_personal("江小山_台账_20261031", places)
    world.mapping(GOOD.replace("[A-Z0-9]+", "[^_]+"))
    world.drop("江山_own_20261031.csv", "编号,机构,时间\n1,F01,2026-01-05\n")
    receipt = world.build_one()
    assert receipt.name == "江山_own_20261031.csv"
    assert not [finding for finding in receipt.findings if finding.reason == "W_PII"]


def test_what_the_mapping_lists_is_no_name(world: World):
    spec = "to: status_exported, values: {和平: peace, 金华: 金华}"
    assert become(world, spec, "status_exported", ("金华",)) == ["金华"]


def test_an_identity_number_as_the_number_of_a_record_is_hashed_with_a_warning(world: World):
    found = become(world, "to: visit_id", "visit_id", (IDENTITY, WRONG_DIGIT))
    key = open_key(world.home)
    assert found[0] == pseudonym(key, "visit_id", "F01", IDENTITY)
    assert world.refusals() == [(1, "visit_id", "W_PII", "warning")]


def test_an_identity_number_is_never_the_key_of_a_matter(world: World):
    assert become(world, "to: matter_key", "matter_key", (IDENTITY,)) == ["E_PII"]


def test_a_record_that_is_kept_back_is_in_the_vault_only(world: World):
    land_column(world, "to: status_exported", PHONE)
    (receipt,) = (world.home.vault / "receipts").iterdir()
    assert PHONE not in receipt.read_text(encoding="utf-8")
    (refused,) = (world.home.vault / "refused").iterdir()
    ((text,),) = duckdb.execute(f"select original from '{refused}' where record_no = 1").fetchall()
    assert PHONE in text


FILE = f"F01_own_{IDENTITY}_20261031.csv"


def test_a_file_name_that_names_a_person_is_shown_nowhere(world: World):
    world.mapping(GOOD)
    world.drop(f"own/{FILE}", "编号,机构,时间\n1,F01,2026-01-05\n")
    receipt = world.build_one()
    assert receipt.name == f"{receipt.file_id}.csv"
    assert [finding.reason for finding in receipt.findings].count("W_PII") == 1
    assert world.query("select name from ops.files limit 1") == [(receipt.name,)]
    world.drop(FILE.replace("own", "other"), "nobody claims this")
    list_turned_away(world.home, world.land())
    assert [file.name for file in read_turned_away(world.home)] == ["***.csv"]
    assert IDENTITY.encode() not in world.all_bytes_below(world.home.warehouse)


def test_a_header_that_names_a_person_is_remarked_on_and_not_repeated(world: World):
    world.drop(
        "case_register/F01_信访件登记_20261031.csv",
        cases("A1,M1,F01,2026-01-05,1")
        .replace("人次", f"人次,{PHONE}", 1)
        .replace(",1\n", ",1,\n"),
    )
    receipt = world.build_one()
    assert ("W_PII", "", 1) in [(f.reason, f.header, f.count) for f in receipt.findings]
    assert PHONE.encode() not in world.all_bytes_below(world.home.warehouse)


def test_a_sender_that_names_a_person_makes_the_file_unusable(world: World):
    world.mapping(GOOD)
    world.drop(f"own/{PHONE}_own_20261031.csv", "编号,机构,时间\n1,F01,2026-01-05\n")
    (refused,) = world.land().refused
    assert (refused.reason, refused.detail) == ("F_NAME", "sender")


@pytest.mark.parametrize("name", ["F01_信访件登记_20261031.csv", "F01_own_20261031.csv"])
def test_an_ordinary_file_keeps_its_name(name: str):
    assert shown_name(f"folder/{name}", "abc") == f"folder/{name}"


@pytest.mark.parametrize("text", [*PERSONAL.values(), "仉督珈珈_来件登记", "来信（王小明）"])
def test_headers_and_file_names_are_looked_at_as_texts_are(text: str):
    assert is_personal(text)


def test_every_code_has_its_sentence():
    for code in ("E_PII", "W_PII", "E_DATE_CALENDAR", "E_DATE_AMBIGUOUS", "W_DATE_RANGE"):
        for lang in Lang:
            assert say(f"ingest.{code}", lang)
