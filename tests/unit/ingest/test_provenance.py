"""Sender, extract moment and period: where they may stand, and what they come to."""

import hashlib
from datetime import date, datetime

import pytest

from pipelines.ingest.provenance import Provenance
from pipelines.ingest.reasons import FileReason, Refused
from tests.unit.ingest.test_mapping import GOOD
from tests.unit.ingest.world import CASES_PATH, GOOD_ROW, World, cases

at = datetime.fromisoformat


def provenance(world: World, name: str, sidecar: str | None = None, **lines: str) -> Provenance:
    text = GOOD
    for key, line in lines.items():
        old = next(row for row in GOOD.splitlines() if row.startswith(f"{key}:"))
        text = text.replace(old, line) if key != "zone" else text
    world.mapping(text)
    return Provenance.of(world.sources["own"], name, sidecar, world.settings.zone)


def test_from_the_name_a_date_means_the_end_of_that_day(world: World):
    found = provenance(world, "own/F01_own_20261031.csv")
    assert found == Provenance("F01", at("2026-10-31 23:59:59"))


def test_from_the_name_a_time_is_that_moment(world: World):
    line = 'as_of: {from: name, pattern: "(?P<as_of>[0-9]{12})", format: "%Y%m%d%H%M"}'
    found = provenance(world, "F01_own_202610311805.csv", as_of=line)
    assert found.as_of == at("2026-10-31 18:05:00")


def test_the_extract_moment_is_brought_to_the_zone_of_the_home(world: World):
    world.mapping(GOOD.replace("files:", "zone: America/New_York\nfiles:"))
    source = world.sources["own"]
    found = Provenance.of(source, "F01_20220521.csv", "as_of: 2022-05-20 12:00:00", "Asia/Shanghai")
    # Noon in New York in May is 16:00 UTC, midnight in Shanghai.
    assert found.as_of == at("2022-05-21 00:00:00")


def test_a_sidecar_wins_and_may_give_the_period(world: World):
    sidecar = "sender: F02\nas_of: 2026-09-30\nstart: 2026-09-01\nend: 2026-09-30\n"
    found = provenance(world, "F01_own_20261031.csv", sidecar)
    assert found == Provenance(
        "F02", at("2026-09-30 23:59:59"), date(2026, 9, 1), date(2026, 10, 1)
    )


def test_the_folder_can_name_the_sender(world: World):
    found = provenance(world, "own/F07/20261031.csv", sender="sender: {from: folder}")
    assert found.sender_id == "F07"


def test_what_is_fixed_needs_no_name(world: World):
    found = provenance(
        world,
        "x.csv",
        sender="sender: {from: fixed, value: BOS}",
        as_of='as_of: {from: fixed, value: "2022-05-21 00:00:00"}',
    )
    assert found == Provenance("BOS", at("2022-05-21 00:00:00"))


def test_a_period_in_the_name_ends_after_its_last_day(world: World):
    world.mapping(
        GOOD
        + 'period: {from: name, pattern: "(?P<start>[0-9]{6})-(?P<end>[0-9]{6})", format: "%y%m%d"}'
    )
    found = Provenance.of(
        world.sources["own"], "F01_260901-260930_20261031.csv", None, "Asia/Shanghai"
    )
    assert (found.period_start, found.period_end) == (date(2026, 9, 1), date(2026, 10, 1))


@pytest.mark.parametrize(
    ("name", "sidecar", "detail"),
    [
        ("own_20261031.csv", None, "sender"),
        ("F01_own.csv", None, "as_of"),
        ("F01_own_20261331.csv", None, "as_of"),
        ("F01_own_20261031.csv", "as_of: yesterday", "as_of"),
        ("F01_own_20261031.csv", "start: 1", "start"),
        ("F01_own_20261031.csv", "- a list", ".meta.yml"),
        ("F01_own_20261031.csv", "who: F01", ".meta.yml"),
        ("F01_own_20261031.csv", "sender: [F01]", ".meta.yml"),
        ("F01_own_20261031.csv", "{", ".meta.yml"),
        ("F01_own_20261031.csv", "sha256: abc", "sha256"),
        ("F01_own_20261031.csv", "records: 12.0", "records"),
        ("F01_own_20261031.csv", "records:", "records"),
        ("F01_own_20261031.csv", "end: 9999-12-31", "end"),
        ("F01_own_20261031.csv", "as_of: 0001-01-01T00:00:00+14:00", "as_of"),
        ("F01_own_20261031.csv", "[" * 2000, ".meta.yml"),
    ],
)
def test_what_is_missing_or_wrong_refuses_the_file(
    world: World, name: str, sidecar: str | None, detail: str
):
    with pytest.raises(Refused) as caught:
        provenance(world, name, sidecar)
    assert (caught.value.reason, caught.value.detail) == (FileReason.NAME, detail)


def test_what_the_sidecar_promises_of_the_bytes_is_kept(world: World):
    content = cases(GOOD_ROW)
    world.drop(CASES_PATH, content)
    stated = hashlib.sha256(content.encode()).hexdigest().upper()
    world.drop(f"{CASES_PATH}.meta.yml", f"sha256: {stated}\nrecords: 1\n")
    receipt = world.build_one()
    assert (receipt.refusal, receipt.records) == ("", 1)


def test_other_bytes_than_promised_are_refused(world: World):
    world.drop(CASES_PATH, cases(GOOD_ROW))
    world.drop(f"{CASES_PATH}.meta.yml", f"sha256: {'0' * 64}\n")
    (refused,) = world.land().refused
    assert (refused.reason, refused.detail) == (FileReason.CHECKSUM, ".meta.yml")
    assert world.build() == []


def test_a_promise_that_comes_later_is_held_against_what_was_taken(world: World):
    world.drop(CASES_PATH, cases(GOOD_ROW))
    assert world.build_one().refusal == ""
    world.drop(f"{CASES_PATH}.meta.yml", "records: 2\n")
    receipt = world.build_one()
    assert (receipt.refusal, receipt.detail) == (FileReason.CONTROL_TOTAL, "1")
    assert world.rows("cases", "record_no") == []
