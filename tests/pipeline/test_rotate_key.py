"""`petitions rotate-key`: every pseudonym is another one, and every figure the same."""

from pathlib import Path

import duckdb

from pipelines.privacy.pseudonyms import link_breaks
from pipelines.publish.pointer import current_release
from pipelines.settings import Home
from tests.homes import Small, call


def case_ids(home: Home) -> set[str]:
    with duckdb.connect(home.staging, read_only=True) as con:
        rows = con.execute("select case_id from landing.cases").fetchall()
    return {case_id for (case_id,) in rows}


def test_a_new_key_changes_every_pseudonym_and_no_figure(small: Small, tmp_path: Path):
    root, key = small.copy(tmp_path)
    home, before, key_file = Home(root), Home(small.ran), Path(key["PETITIONS_KEY_FILE"])
    old_key = key_file.read_bytes()
    done = call(root, "rotate-key", **key)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "The key is changed" in done.stdout + done.stderr
    assert key_file.read_bytes() != old_key
    assert len(link_breaks(home)) == 1
    old, new = case_ids(before), case_ids(home)
    assert len(old) == len(new) > 0
    assert not old & new
    tables = [current_release(one).folder / "tables" for one in (home, before)]
    [new_figures, old_figures] = (f"from '{path}/indicator_values.parquet'" for path in tables)
    assert duckdb.sql(f"select count(*) {old_figures}").fetchall() > [(0,)]
    for one, other in ((new_figures, old_figures), (old_figures, new_figures)):
        assert duckdb.sql(f"{one} except all {other}").fetchall() == []
