"""What Dagster is told: one job for everything, checks that block, a sensor that only wakes."""

import dagster as dg
import pytest

from pipelines import definitions
from pipelines.validate.totals import required_checks


@pytest.fixture
def inbox_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PETITIONS_HOME", str(tmp_path))
    folder = tmp_path / "inbox" / "cases"
    folder.mkdir(parents=True)
    return folder


def look(cursor: str | None) -> dg.SensorResult | dg.SkipReason:
    return definitions.inbox(dg.build_sensor_context(cursor=cursor))  # pyright: ignore[reportReturnType] - one of the two


def test_the_job_holds_every_asset_and_every_demanded_check():
    job = definitions.defs.resolve_job_def("run")
    checks = {key.name for key in job.asset_layer.asset_graph.asset_check_keys}
    assert len(checks) == len(required_checks(definitions.DEFINED.tables))
    assets = {key.path[-1] for key in job.asset_layer.asset_graph.materializable_asset_keys}
    assert assets >= {"vault", "landing", "checked", "release", *definitions.DEFINED.indicators}


def test_every_check_blocks():
    specs = definitions.blocking_checks.check_specs
    assert specs
    assert all(spec.blocking for spec in specs)


def test_the_sensor_wakes_for_each_change_of_the_inbox_and_never_by_a_key(inbox_folder):
    (inbox_folder / "a.csv").write_text("x", encoding="utf-8")
    first = look(None)
    assert isinstance(first, dg.SensorResult)
    (request,) = first.run_requests or []
    assert request.run_key is None
    assert isinstance(look(first.cursor), dg.SkipReason)
    (inbox_folder / "a.csv").write_text("xy", encoding="utf-8")
    assert isinstance(look(first.cursor), dg.SensorResult)


def test_the_schedule_runs_the_same_job_in_the_zone_of_the_home():
    assert definitions.daily.job_name == "run"
    assert definitions.daily.execution_timezone == definitions.DEFINED.settings.zone


def test_words_for_people_stand_in_both_languages():
    graph = definitions.defs.resolve_asset_graph()
    for key in graph.materializable_asset_keys:
        text = graph.get(key).description or ""
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text), key
        assert any(letter.isascii() and letter.isalpha() for letter in text), key
