"""`petitions source draft`: a first mapping of which only a few lines have to be edited."""

from pathlib import Path

import pytest
import yaml

from pipelines.ingest.draft_text import draft_text, write_draft
from pipelines.ingest.mapping import SHIPPED_SOURCES
from pipelines.ingest.source import Shape
from pipelines.settings import PROJECT
from pipelines.words import Lang, UserError
from tests.unit.ingest.drafting import LEDGER, REGISTER, draft, loaded, taken, targets, written
from tests.unit.ingest.world import World

SAMPLES = PROJECT / "data" / "samples"
ENOUGH = 0.8


@pytest.mark.parametrize("name", sorted(p.stem for p in SHIPPED_SOURCES.glob("*.yml")))
def test_a_sample_is_mapped_as_its_own_mapping_does_which_is_not_known(
    world: World, tmp_path: Path, name: str
):
    (file,) = (SAMPLES / name / "good").iterdir()
    shipped = world.sources[name]
    found = draft(world, file, without=name, table=shipped.table)
    mine = taken(draft_text(found, Lang.ZH))
    header = found.specimen.decoded.header
    known = {c.header: c.words for c in shipped.columns if c.header in header}
    if not found.lacking:
        loaded(tmp_path, draft_text(found, Lang.ZH))
    right = [h for h, words in known.items() if mine.get(h, "") == words]
    wrong = {h: (words, mine.get(h)) for h, words in known.items() if h not in right}
    assert len(right) >= ENOUGH * len(known), wrong


@pytest.mark.parametrize("name", sorted(p.stem for p in SHIPPED_SOURCES.glob("*.yml")))
def test_a_sample_of_a_known_kind_finds_its_table(world: World, name: str):
    (file,) = (SAMPLES / name / "good").iterdir()
    assert draft(world, file).table.name == world.sources[name].table


@pytest.mark.parametrize("name", sorted(p.stem for p in SHIPPED_SOURCES.glob("*.yml")))
def test_what_is_personal_in_a_sample_is_never_taken(world: World, name: str):
    (file,) = (SAMPLES / name / "good").iterdir()
    shipped = {c.header for c in world.sources[name].columns if not c.is_taken}
    found = taken(draft_text(draft(world, file, without=name), Lang.EN))
    assert shipped.isdisjoint(header for header, target in found.items() if target)


def test_known_labels_tell_what_a_column_is_whatever_it_is_called(world: World, tmp_path: Path):
    rows = "".join(
        f"A{n},2026-03-0{n},{way},{n % 2 or '其他'}\n"
        for n, way in enumerate(["来信", "来访", "网上", "别处", "来信"])
    )
    text = written(world, tmp_path / "e.csv", f"信访编号,登记时间,从哪里来,乙\n{rows}")
    known = {"信访编号": "case_id", "登记时间": "registered_at", "从哪里来": "channel"}
    assert taken(text) == targets(loaded(tmp_path, text)) == known


def test_an_unfamiliar_register_needs_a_few_lines_only(world: World, tmp_path: Path):
    text = written(world, tmp_path / "F01_工单_20261031.csv", REGISTER)
    source = loaded(tmp_path, text)
    assert targets(source) == {
        "工单编号": "case_id",
        "受理单位": "office_id",
        "来源渠道": "channel",
        "收到日期": "registered_at",
        "办结日期": "case_events.close",
        "涉及人数": "persons",
        "诉求人姓名": "",
        "手机号码": "",
        "诉求内容": "",
    }
    labels = yaml.safe_load(text)["columns"]["来源渠道"]["values"]
    assert labels == {"来信": "letter", "来电": "phone", "网站": "unknown"}
    assert source.sender.pattern.startswith("^(?P<sender>")
    assert source.as_of.format == "%Y%m%d"
    assert source.files == ("*工单*.csv",)


def with_open_cases(written_as: str, every: int = 3) -> str:
    """A register of sixty cases, of which all but each third are open."""
    rows = (
        f"A{n:02},F01,2026-03-{n % 28 + 1:02},"
        f"{written_as if n % every else f'2026-04-{n % 28 + 1:02}'}\n"
        for n in range(60)
    )
    return f"工单编号,受理单位,收到日期,办结日期\n{''.join(rows)}"


@pytest.mark.parametrize("day", ["9999-12-31", "2100-01-01", "1900-01-01 00:00:00", "9999/12/31"])
def test_a_day_that_stands_for_none_is_drafted_as_such(world: World, tmp_path: Path, day: str):
    text = written(world, tmp_path / "F01_工单_20261031.csv", with_open_cases(day))
    source = loaded(tmp_path, text)
    assert targets(source)["办结日期"] == "case_events.close"
    iso = day[:10].replace("/", "-")
    assert f'missing_dates: ["{iso}"]  # TODO' in text
    world.mapping(text, "mine")
    world.drop("mine/F01_工单_20261031.csv", with_open_cases(day))
    receipt = world.build_one()
    assert (receipt.refusal, receipt.refused_count) == ("", 0)
    kinds = [kind for (kind,) in world.rows("case_events", "event_type")]
    assert (kinds.count("register"), kinds.count("close")) == (60, 20)


@pytest.mark.parametrize("word", ["在办", "未办结", "0000-00-00"])
def test_a_word_that_stands_for_none_is_drafted_for_its_column(
    world: World, tmp_path: Path, word: str
):
    text = written(world, tmp_path / "F01_工单_20261031.csv", with_open_cases(word))
    source = loaded(tmp_path, text)
    assert targets(source)["办结日期"] == "case_events.close"
    (line,) = [line for line in text.splitlines() if "办结日期" in line]
    assert f'missing: ["{word}"]' in line
    assert "# TODO" in line
    assert yaml.safe_load(text)["missing"] == ["", " "]
    assert "missing_dates" not in text


def test_days_that_stand_for_none_alone_are_dates_all_the_same(world: World, tmp_path: Path):
    text = written(world, tmp_path / "F01_工单_20261031.csv", with_open_cases("9999-12-31", 99))
    assert targets(loaded(tmp_path, text))["办结日期"] == "case_events.close"


def test_days_that_stand_for_none_make_no_dates_of_what_is_none(world: World, tmp_path: Path):
    content = with_open_cases("9999-12-31").replace(",2026-04-", ",2026-44-")
    text = written(world, tmp_path / "F01_工单_20261031.csv", content.replace("办结日期", "备用"))
    assert "# 备用: {to: …}  # TODO" in text


def test_the_name_of_a_person_in_a_column_of_dates_is_not_shown(world: World, tmp_path: Path):
    content = with_open_cases("在办").replace("在办", "王小明", 1)
    text = written(world, tmp_path / "F01_工单_20261031.csv", content)
    assert 'missing: ["在办"]' in text
    assert "王小明" not in text


def test_links_to_other_submissions_are_told_from_its_own_number(world: World, tmp_path: Path):
    content = "信访编号,登记日期,前次信访编号,并入信访编号\nA1,2026-01-05,,\nA2,2026-01-06,A1,A1\n"
    text = written(world, tmp_path / "F01_登记_20261031.csv", content)
    found = targets(loaded(tmp_path, text))
    assert [found[h] for h in ("信访编号", "前次信访编号", "并入信访编号")] == [
        "case_id",
        "prior_case_id",
        "merged_into_case_id",
    ]


def test_a_list_of_what_is_open_is_a_snapshot(world: World, tmp_path: Path):
    content = "编号,登记机构,登记日期\n1,F01,2026-01-05\n2,F01,2026-01-06\n"
    text = written(world, tmp_path / "F01_未结清单_20261031.csv", content)
    source = loaded(tmp_path, text)
    assert (source.shape, source.table) == (Shape.SNAPSHOT, "cases")
    assert "shape: snapshot  # TODO" in text
    # A closing in it says that it is a register after all.
    closed = content.replace("登记日期", "登记日期,办结日期").replace("01-05", "01-05,2026-02-01")
    closed = closed.replace("01-06", "01-06,")
    text = written(world, tmp_path / "F01_未结清单_20261031.csv", closed)
    assert "shape: cases\n" in text


@pytest.mark.parametrize(
    ("places", "told"), [(("甲县", "乙市", "丙区"), "names"), (("990101", "990102", "990203"), "")]
)
def test_places_by_name_are_told_from_codes(world: World, tmp_path: Path, places, told):
    rows = "".join(f"A{n},{place},2026-03-0{n}\n" for n, place in enumerate(places, 1))
    text = written(world, tmp_path / "F01_登记_20261031.csv", "编号,问题属地,登记日期\n" + rows)
    assert yaml.safe_load(text).get("places", "") == told
    assert taken(text)["问题属地"] == "region_code"


@pytest.mark.parametrize("lang", Lang)
def test_no_value_of_a_personal_column_is_ever_shown(world: World, tmp_path: Path, lang: Lang):
    # The columns that hold persons are called as if they did not.
    content = REGISTER.replace("诉求人姓名", "标签").replace("手机号码", "代号")
    text = written(world, tmp_path / "x.csv", content, lang)
    for canary in ("王小明", "李小红", "139", "路灯不亮", "井盖"):
        assert canary not in text
    source = loaded(tmp_path, text)
    assert not [c.header for c in source.columns if c.header in {"标签", "代号"} and c.is_taken]


def test_a_header_and_a_file_name_that_name_a_person_are_not_repeated(world: World, tmp_path: Path):
    text = written(world, tmp_path / "王小明.csv", "编号,13912345678\n1,2\n")
    assert "王小明" not in text
    assert "139" not in text


def test_what_it_cannot_tell_is_marked_and_not_taken(world: World, tmp_path: Path):
    text = written(world, tmp_path / "x.csv", REGISTER)
    assert "# 备用: {to: …}  # TODO" in text
    assert "sender: {from: sidecar}  # TODO" in text
    assert "as_of: {from: sidecar}  # TODO" in text


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ","), ("gb18030", ","), ("utf-16", "\t"), ("utf-8", ";")]
)
def test_encoding_and_delimiter_are_told(world: World, tmp_path: Path, encoding, delimiter):
    path = tmp_path / "F01_工单_20261031.csv"
    path.write_bytes(REGISTER.replace(",", delimiter).encode(encoding))
    source = loaded(tmp_path, draft_text(draft(world, path), Lang.EN))
    assert source.format.encodings == (encoding,)
    assert source.format.delimiters == (delimiter,)
    assert targets(source)["工单编号"] == "case_id"


def test_a_draft_that_nobody_has_looked_at_yet_teaches_nothing(world: World, tmp_path: Path):
    first = written(world, tmp_path / "某县2026年三季度首办台账.csv", LEDGER)
    world.mapping(first, "mine")
    again = written(world, tmp_path / "某县2026年四季度首办台账.csv", LEDGER)
    assert "物业纠纷: unknown  # TODO" in again


def test_who_cannot_be_reached_is_told_by_its_name(world: World, tmp_path: Path):
    lines = ["信访编号,登记时间,信访形式,是否匿名,能否联系"]
    lines += [f"A{n},2026-03-{n:02},来信,{'否是'[n % 2]},{'是否'[n % 2]}" for n in range(1, 21)]
    columns = taken(written(world, tmp_path / "登记.csv", "\n".join(lines)))
    assert (columns["是否匿名"], columns["能否联系"]) == ("is_anonymous", "is_contactable")


def test_two_orders_of_day_and_month_are_asked_about(world: World, tmp_path: Path):
    head = "工单编号,受理单位,收到日期\n"
    both = written(world, tmp_path / "a.csv", f"{head}1,F01,03/04/2026\n")
    assert 'dates: ["%m/%d/%Y"]' in both
    assert "day first or month first" in both
    one = written(world, tmp_path / "a.csv", f"{head}1,F01,03/24/2026\n")
    assert "day first" not in one


def test_a_draft_takes_the_place_of_nothing(tmp_path: Path):
    path = tmp_path / "sources" / "mine.yml"
    write_draft(path, "a")
    with pytest.raises(UserError, match="left alone"):
        write_draft(path, "b")
    assert path.read_text(encoding="utf-8") == "a"


def test_a_table_that_exports_do_not_feed_is_refused(world: World, tmp_path: Path):
    path = tmp_path / "x.csv"
    path.write_text(REGISTER, encoding="utf-8")
    with pytest.raises(UserError, match="no table `regions`"):
        draft(world, path, table="regions")


def test_a_file_that_nothing_can_read_is_said_as_any_run_would(world: World, tmp_path: Path):
    path = tmp_path / "x.rar"
    path.write_bytes(b"Rar!")
    with pytest.raises(UserError, match=r"x\.rar"):
        draft(world, path)


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("boston311_100_2022-01.csv",
         {"case_enquiry_id": "case_id", "open_dt": "registered_at", "target_dt": "due_at",
          "closed_dt": "case_events.close", "case_status": "status_exported",
          "department": "office_id", "source": "channel"}),
        ("nyc311_one_day_2025-03-24.csv",
         {"Unique Key": "case_id", "Created Date": "registered_at",
          "Closed Date": "case_events.close", "Due Date": "due_at", "Agency": "office_id",
          "Status": "status_exported", "Open Data Channel Type": "channel"}),
    ],
)  # fmt: skip
def test_real_exports(world: World, tmp_path: Path, real_exports: Path, file: str, wanted):
    found = targets(loaded(tmp_path, draft_text(draft(world, real_exports / file), Lang.EN)))
    assert found.items() >= wanted.items()
