"""What Dagster is told: one job for everything, checks that block, a sensor that only wakes."""

from contextlib import contextmanager

import dagster as dg
import duckdb
import pytest

from pipelines import definitions
from pipelines.estimates.table import CHECKS as ESTIMATES_CHECKS
from pipelines.ingest.lock import writer_lock
from pipelines.methods.estimates import Method
from pipelines.privacy.gate import CHECK as GATE_CHECK
from pipelines.run import Installation
from pipelines.settings import Home
from pipelines.validate.totals import required_checks
from pipelines.words import UserError


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
    required = required_checks(definitions.DEFINED.tables)
    of_estimates = {check for check, _ in ESTIMATES_CHECKS.values()}
    assert checks == {f"rules_of_{table}" for _, table in required} | of_estimates | {GATE_CHECK[0]}
    assert {
        (check, table) for table, ids in definitions.REQUIRED.items() for check in ids
    } == required
    assets = {key.path[-1] for key in job.asset_layer.asset_graph.materializable_asset_keys}
    indicators = definitions.DEFINED.indicators
    assert assets >= {"vault", "landing", "checked", "release", *indicators, *Method}


def test_every_check_blocks_but_the_one_on_past_releases():
    checks = (definitions.blocking_checks, definitions.estimates_checks)
    specs = [spec for check in checks for spec in check.check_specs]
    assert len(specs) > 1
    assert all(spec.blocking for spec in specs)
    assert not any(spec.blocking for spec in definitions.gate_check.check_specs)


def test_what_nobody_checked_has_not_passed():
    context = dg.build_asset_check_context(resources={definitions.INSTALLATION: _Checked(0)})
    gate = definitions.gate_check(context)
    assert isinstance(gate, dg.AssetCheckResult)
    of_methods = list(definitions.estimates_checks(context))
    assert len(of_methods) == len(Method)
    assert not any(result.passed for result in (gate, *of_methods))


@pytest.mark.parametrize(("failed", "passes"), [(0, True), (1, False), (None, False)])
def test_a_table_passes_only_where_each_of_its_rules_was_checked_and_passed(failed, passes):
    results = {
        result.check_name: result
        for result in definitions.blocking_checks(
            dg.build_asset_check_context(resources={definitions.INSTALLATION: _Checked(failed)})
        )
    }
    others = [result.passed for name, result in results.items() if name != "rules_of_cases"]
    assert all(others)
    assert results["rules_of_cases"].passed is passes


class _Checked:
    """An installation whose checks have all passed but one, which failed or never ran."""

    def __init__(self, failed: int | None) -> None:
        self._failed = failed

    def on_step(self, _: str) -> None: ...

    @contextmanager
    def staging(self):
        required = sorted(required_checks(definitions.DEFINED.tables), key=lambda pair: pair[1])
        odd = next(pair for pair in required if pair[1] == "cases")
        with duckdb.connect() as con:
            con.execute("create schema ops")
            con.execute(
                "create table ops.checks "
                "(check_id text, table_name text, passed boolean, failed_count bigint)"
            )
            for check, table in required:
                if (check, table) != odd:
                    con.execute("insert into ops.checks values (?, ?, true, 0)", [check, table])
            if self._failed is not None:
                row = [*odd, self._failed == 0, self._failed]
                con.execute("insert into ops.checks values (?, ?, ?, ?)", row)
            yield con


def test_the_sensor_wakes_for_each_change_of_the_inbox_and_never_by_a_key(inbox_folder):
    (inbox_folder / "a.csv").write_text("x", encoding="utf-8")
    first = look(None)
    assert isinstance(first, dg.SensorResult)
    (request,) = first.run_requests or []
    assert request.run_key is None
    assert isinstance(look(first.cursor), dg.SkipReason)
    (inbox_folder / "a.csv").write_text("xy", encoding="utf-8")
    assert isinstance(look(first.cursor), dg.SensorResult)


def test_what_arrives_while_a_run_is_under_way_is_seen_when_it_has_ended(inbox_folder):
    home = Home.at()
    first = look(None)
    assert isinstance(first, dg.SensorResult)
    (inbox_folder / "late.csv").write_text("x", encoding="utf-8")
    with writer_lock(home):
        skipped = look(first.cursor)
    assert isinstance(skipped, dg.SkipReason)
    assert isinstance(look(first.cursor), dg.SensorResult)


@pytest.mark.usefixtures("inbox_folder")
def test_a_run_that_dagster_starts_before_any_export_ends_with_the_sentence():
    resources = {definitions.INSTALLATION: Installation.at()}
    with pytest.raises(UserError) as refused:
        definitions.vault(dg.build_asset_context(resources=resources))
    assert refused.value.key == "cli.NOTHING_CAME"


def test_the_schedule_runs_the_same_job_in_the_zone_of_the_home():
    assert definitions.daily.job_name == "run"
    assert definitions.daily.execution_timezone == definitions.DEFINED.settings.zone


def test_words_for_people_stand_in_both_languages():
    graph = definitions.defs.resolve_asset_graph()
    for key in graph.materializable_asset_keys:
        text = graph.get(key).description or ""
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text), key
        assert any(letter.isascii() and letter.isalpha() for letter in text), key
