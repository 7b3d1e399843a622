import errno
import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.privacy.pseudonyms import pseudonym
from pipelines.publish.documents import Facts
from pipelines.publish.manifest import OWN_HASH, read_manifest
from pipelines.publish.pointer import Release
from pipelines.publish.release import VOLATILE, publish
from pipelines.publish.state import is_current
from pipelines.settings import Home
from pipelines.words import Lang, UserError
from tests.unit.publish.world import (
    AS_OF,
    FIGURES,
    KEY,
    SETTINGS,
    add_export,
    edition,
    publish_figures,
    state_of,
    write_site,
    write_staging,
)


def manifest_of(release: Release) -> dict:
    manifest = read_manifest(release.folder)
    assert manifest is not None
    return manifest


def test_a_release_is_named_by_the_day_of_its_data_and_counted(
    published: Release, published_second: Release
):
    assert (published.id, published_second.id) == ("2026-10-31-r1", "2026-10-31-r2")


def test_it_holds_what_the_architecture_lists(published: Release):
    assert {path.name for path in published.folder.iterdir()} == {
        "petitions.duckdb",
        "tables",
        "csv",
        "site",
        "datapackage.json",
        "MANIFEST.json",
    }


def test_the_pointer_and_the_link_lead_to_it(published: Release):
    home = Home(published.folder.parents[2])
    assert (home.published / "CURRENT").read_text(encoding="ascii") == "2026-10-31-r1\n"
    latest = home.published / "latest"
    assert latest.readlink() == Path("releases/2026-10-31-r1")
    assert latest.resolve() == published.folder
    assert {path.name for path in home.published.iterdir()} == {"CURRENT", "latest", "releases"}


def test_nobody_can_write_to_it_and_everybody_can_read_it(home: Home):
    before = os.umask(0o077)
    try:
        release = publish_figures(home)
    finally:
        os.umask(before)
    modes = {path: path.stat().st_mode & 0o777 for path in release.folder.rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o555}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o444}
    above = (home.published, home.published / "releases")
    assert {path.stat().st_mode & 0o777 for path in above} == {0o755}
    assert (home.published / "CURRENT").stat().st_mode & 0o777 == 0o644


def test_the_release_says_its_facts_in_one_row(published: Release):
    with duckdb.connect(published.database, read_only=True) as con:
        rows = con.execute(
            "select release, as_of, data_through_on, is_demo, previous from public.release"
        ).fetchall()
    assert rows == [("2026-10-31-r1", AS_OF, date(2026, 9, 30), True, "")]


def test_the_manifest_lists_inputs_checks_rows_and_what_may_differ(published: Release):
    manifest = manifest_of(published)
    assert manifest["inputs"]["objects"] == [pseudonym(KEY, "original", "", "a" * 64)]
    assert {check["check_id"]: check["is_passed"] for check in manifest["checks"]} == {
        "RECEIPTS": True,
        "V01": True,
        "V10": False,
    }
    rows = {entry["path"]: entry.get("rows") for entry in manifest["files"]}
    assert rows["tables/indicator_values.parquet"] == len(FIGURES)
    assert manifest["tables"]["public.indicator_values"] == len(FIGURES)
    assert rows["petitions.duckdb"] is None
    assert tuple(manifest["volatile"]) == VOLATILE


def test_the_manifest_counts_no_records_per_file(published: Release):
    text = json.dumps(manifest_of(published))
    assert "failed_count" not in text
    assert "records" not in text


def test_what_is_not_volatile_is_equal_in_a_second_build(published: Release, home: Home):
    one, other = manifest_of(published), manifest_of(publish_figures(home, reversed(FIGURES)))
    for manifest in (one, other):
        for key in ("published_at", "commit", OWN_HASH):
            del manifest[key]
        manifest["files"] = [f for f in manifest["files"] if f["path"] != "petitions.duckdb"]
    assert one == other


def test_the_site_is_told_which_release_it_stands_in(published: Release):
    page = (published.folder / "site" / "index.html").read_text(encoding="utf-8")
    assert "2026-10-31-r1" in page


def test_the_site_finds_the_database_closed(home: Home):
    rows: list[object] = []

    def build_site(folder: Path, facts: Facts) -> None:
        with duckdb.connect(folder / "petitions.duckdb", read_only=True) as con:
            rows.extend(con.execute("select count(*) from public.indicator_values").fetchall())
        write_site(folder, facts)

    frozen = write_staging(home)
    mine = replace(edition(frozen, state_of(home)), build_site=build_site)
    publish(home, SETTINGS, mine)
    assert rows == [(len(FIGURES),)]


def test_a_run_with_nothing_new_is_known(home: Home):
    state = state_of(home)
    assert not is_current(home, state)
    publish_figures(home)
    assert is_current(home, state)
    add_export(home, "b" * 64)
    assert not is_current(home, state_of(home))


@pytest.mark.parametrize(("kept", "left"), [(3, [1, 2, 3]), (2, [2, 3]), (1, [3]), (0, [3])])
def test_old_releases_go_and_the_newest_stay(home_with_two: Home, kept: int, left: list[int]):
    publish_figures(home_with_two, settings=replace(SETTINGS, releases_kept=kept))
    names = {path.name for path in (home_with_two.published / "releases").iterdir()}
    assert names == {f"2026-10-31-r{number}" for number in left}
    assert (home_with_two.published / "latest" / "MANIFEST.json").is_file()


def test_a_site_that_cannot_be_built_publishes_nothing_and_leaves_no_litter(home: Home):
    def build_site(folder: Path, facts: Facts) -> None:
        raise RuntimeError(f"no template in {folder.name} for {facts.release}")

    frozen = write_staging(home)
    mine = replace(edition(frozen, state_of(home)), build_site=build_site)
    with pytest.raises(RuntimeError, match="no template"):
        publish(home, SETTINGS, mine)
    assert list((home.published / "releases").iterdir()) == []


def test_a_full_disk_is_a_sentence_in_both_languages(home: Home):
    def build_site(folder: Path, facts: Facts) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder / facts.release))

    frozen = write_staging(home)
    mine = replace(edition(frozen, state_of(home)), build_site=build_site)
    with pytest.raises(UserError) as caught:
        publish(home, SETTINGS, mine)
    for lang in Lang:
        sentence = caught.value.sentence(lang)
        assert "No space left on device" in sentence
        assert str(home.root) not in sentence


def test_a_database_that_was_left_open_is_not_published(home: Home):
    def build_site(folder: Path, facts: Facts) -> None:
        write_site(folder, facts)
        (folder / "petitions.duckdb.wal").touch()

    frozen = write_staging(home)
    mine = replace(edition(frozen, state_of(home)), build_site=build_site)
    with pytest.raises(UserError, match=r"petitions\.duckdb\.wal was left"):
        publish(home, SETTINGS, mine)
    assert not (home.published / "CURRENT").exists()


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ('{"exception_message":"Could not write","errno":"28"}', "No space left on device"),
        ('IO Error: Could not fsync file "x": Input/output error', "Input/output error"),
    ],
)
def test_what_duckdb_meets_on_the_disk_is_said_in_the_systems_words(
    home: Home, message: str, reason: str
):
    def build_site(folder: Path, facts: Facts) -> None:
        write_site(folder, facts)
        raise duckdb.IOException(message)

    frozen = write_staging(home)
    mine = replace(edition(frozen, state_of(home)), build_site=build_site)
    with pytest.raises(UserError) as caught:
        publish(home, SETTINGS, mine)
    assert caught.value.facts == {"reason": reason}
