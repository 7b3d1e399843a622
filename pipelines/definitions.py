"""Everything Dagster: assets, checks, the job, its schedule and its sensor. Nothing else knows it.

Each asset calls a step of `run.py` and hands over counts; no frame and no value of a record passes
through Dagster. Publication does not rest on Dagster's checks: `publish` asks for the proof itself,
so materialising any subset by hand cannot publish. What has been ingested is decided by the vault;
schedule and sensor only wake the job.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.alerts import AlertKind, raise_alert
from pipelines.estimates.table import CHECKS as ESTIMATES_CHECKS
from pipelines.ingest.lock import is_locked, writer_lock
from pipelines.privacy.gate import CHECK as GATE_CHECK
from pipelines.publish.documents import code_version
from pipelines.run import (
    Installation,
    accept_records,
    check_model,
    compute_chosen,
    demand_originals,
    derive_model,
    estimate,
    land_files,
    parse_files,
    pass_gate,
    prepare_indicators,
    publish_release,
)
from pipelines.settings import Home, Settings
from pipelines.validate.rules import fed_tables
from pipelines.validate.totals import required_checks
from pipelines.words import load_words

INSTALLATION = "installation"
COMMAND_LINE = "petitions/command_line"  # tags runs whose failure the command line reports
HOUR_OF_DAILY_RUN = 2
NEVER_RAN = -1


@dg.resource(
    config_schema={
        "home": dg.Field(str, default_value="", description="主目录 Home folder"),
        "revise": dg.Field(bool, default_value=False, description="发布更正 Publish corrections"),
    },
    description="一个安装的主目录与设置；整个运行期间持有写锁。 One home; holds the writer's lock.",
)
def installation_resource(context: dg.InitResourceContext) -> Iterator[Installation]:
    """The installation of a run that Dagster itself starts; holds the lock to the run's end.

    It waits for a run that a person has started, so that what woke it is not lost.
    """
    config: dict[str, Any] = context.resource_config
    root = Path(config["home"]) if config["home"] else None
    installation = Installation.at(root, revise=config["revise"])
    with writer_lock(installation.home, waits=True):
        yield installation


DEFINED = Installation.at()


def _title(name: str) -> str:
    """Title of a table in both languages."""
    words = DEFINED.tables[name].title
    return f"{words.zh} {words.en}"


def _result(
    facts: dict[str, int], asset_key: dg.AssetKey | None = None, **more: Any
) -> dg.MaterializeResult[Any]:
    """Counts as metadata, and a data version that is the hash of what can be known of the data."""
    text = repr(sorted({**facts, **more}.items()))
    version = hashlib.sha256(text.encode()).hexdigest()[:16]
    return dg.MaterializeResult(
        asset_key=asset_key,
        metadata=dict(facts, **more),
        data_version=dg.DataVersion(version),
    )


def _installation(
    context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext, step: str
) -> Installation:
    installation: Installation = context.resources.installation
    installation.on_step(step)
    return installation


def _verdicts(installation: Installation) -> dict[tuple[str, str], tuple[bool, int]]:
    """By check and table of `ops.checks`: passed or not, and failures; what never ran, failed."""
    with installation.staging() as con:
        rows = con.execute(
            "select check_id, table_name, passed, failed_count from ops.checks"
        ).fetchall()
    never: dict[tuple[str, str], tuple[bool, int]] = defaultdict(lambda: (False, NEVER_RAN))
    return never | {(check, table): (passed, failed) for check, table, passed, failed in rows}


@dg.asset(
    group_name="ingest",
    required_resource_keys={INSTALLATION},
    description="原件库：按 SHA-256 保存的原始导出文件。 Originals of the exports, by SHA-256.",
)
def vault(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
    """Copy what is new in the inbox into the vault; without any export there is nothing to run."""
    installation = _installation(context, "land")
    report = land_files(installation)
    demand_originals(installation.home, installation.home.inbox)
    return _result({"new": len(report.new), "known": len(report.known)})


@dg.asset(
    group_name="ingest",
    deps=[vault],
    required_resource_keys={INSTALLATION},
    description="已解析、已去标识的记录。 Records, parsed and pseudonymised.",
)
def landing(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
    """Decode, map and pseudonymise."""
    return _result(parse_files(_installation(context, "landing")))


FED = tuple(sorted(fed_tables(DEFINED.tables)))
DERIVED = tuple(name for name in sorted(DEFINED.tables) if DEFINED.tables[name].query)


@dg.multi_asset(
    name="accepted",
    specs=[
        dg.AssetSpec(["model", name], deps=[landing], group_name="model", description=_title(name))
        for name in FED
    ],
    required_resource_keys={INSTALLATION},
)
def accepted(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
    """Decide for each record whether it is current, superseded, duplicate or quarantined."""
    facts = accept_records(_installation(context, "accept"))
    for name in FED:
        yield dg.MaterializeResult(asset_key=["model", name], metadata=facts)


@dg.multi_asset(
    name="derived",
    specs=[
        dg.AssetSpec(
            ["model", name],
            deps=[["model", fed] for fed in FED],
            group_name="model",
            description=_title(name),
        )
        for name in DERIVED
    ],
    required_resource_keys={INSTALLATION},
)
def derived(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
    """Build the derived tables."""
    facts = derive_model(_installation(context, "model"))
    for name in DERIVED:
        yield dg.MaterializeResult(asset_key=["model", name], metadata=facts)


@dg.asset(
    group_name="indicators",
    deps=[["model", name] for name in DERIVED],
    required_resource_keys={INSTALLATION},
    description="校验结果与指标框架。 Results of the checks, and the frame of the indicators.",
)
def checked(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
    """Run every check, then prepare the frame of regions and periods."""
    facts = check_model(_installation(context, "checks"))
    return _result(facts | prepare_indicators(context.resources.installation))


def _required_by_table() -> dict[str, list[str]]:
    """The demanded checks of each table, by id."""
    required: dict[str, list[str]] = {}
    for check, table in sorted(required_checks(DEFINED.tables)):
        required.setdefault(table, []).append(check)
    return required


REQUIRED = _required_by_table()


# One check for each table, its rules in the metadata: an event costs Dagster about 20 ms, and there
# are several hundred rules.
@dg.multi_asset_check(
    name="blocking_checks",
    specs=[
        dg.AssetCheckSpec(
            f"rules_of_{table}",
            asset=checked,
            blocking=True,
            description=f"{_title(table)}：须全部通过的规则。 Rules that must all have passed.",
        )
        for table in REQUIRED
    ],
    required_resource_keys={INSTALLATION},
)
def blocking_checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Report what `ops.checks` says; a result that is missing is a failure."""
    found = _verdicts(context.resources.installation)
    for table, checks in REQUIRED.items():
        verdicts = {check: found[check, table] for check in checks}
        yield dg.AssetCheckResult(
            check_name=f"rules_of_{table}",
            asset_key=checked.key,
            passed=all(passed for passed, _ in verdicts.values()),
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={
                "rules": len(checks),
                "failed": [check for check, (passed, _) in verdicts.items() if not passed],
                "failed_count": {check: failed for check, (_, failed) in verdicts.items()},
            },
        )


# One step for all: a step costs Dagster 100 ms and more, and any part of it can be chosen.
@dg.multi_asset(
    name="indicators",
    specs=[
        dg.AssetSpec(
            ["indicators", name],
            deps=[checked, *(["indicators", source] for source in indicator.derived_from)],
            group_name="indicators",
            code_version=code_version(indicator),
            description=f"{indicator.title.zh} {indicator.title.en}",
        )
        for name, indicator in DEFINED.indicators.items()
    ],
    can_subset=True,
    required_resource_keys={INSTALLATION},
)
def computed(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
    """Compute the indicators that are asked for."""
    chosen = {key.path[-1] for key in context.selected_asset_keys}
    for name, facts in compute_chosen(_installation(context, "indicators"), chosen):
        yield _result(facts, dg.AssetKey(["indicators", name]))


@dg.asset(
    key=["public", "indicator_values"],
    group_name="publish",
    deps=[["indicators", name] for name in DEFINED.indicators],
    required_resource_keys={INSTALLATION},
    description="经披露控制的指标数值。 Indicator values that passed the disclosure gate.",
)
def gated(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
    """Hide what could tell of persons and keep what was published before."""
    outcome = pass_gate(_installation(context, "gate"))
    return _result({"kept": outcome.kept, "waiting": outcome.waiting, "added": outcome.added})


@dg.asset_check(
    asset=gated,
    name=GATE_CHECK[0],
    required_resource_keys={INSTALLATION},
    description="从以往的发布也推不出隐去的数。 Past releases do not tell hidden numbers either.",
)
def gate_check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Warn of hidden numbers that past releases tell; holding the new one back would not help."""
    passed, failed = _verdicts(context.resources.installation)[GATE_CHECK]
    return dg.AssetCheckResult(
        passed=passed, severity=dg.AssetCheckSeverity.WARN, metadata={"failed": failed}
    )


METHODS = {method: dg.AssetKey(["estimates", method.value]) for method in ESTIMATES_CHECKS}


# One step for all: they write one table, and what was published of it is kept as a whole.
@dg.multi_asset(
    name="estimates",
    specs=[
        dg.AssetSpec(
            key,
            deps=[gated],
            group_name="estimates",
            description=" ".join(load_words()[f"methods.{method}_title"].values()),
        )
        for method, key in METHODS.items()
    ],
    required_resource_keys={INSTALLATION},
)
def estimated(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
    """Apply the statistical methods to the gated figures."""
    rows = estimate(_installation(context, "estimates"))
    for method, key in METHODS.items():
        yield _result({"rows": rows[method]}, key)


@dg.multi_asset_check(
    name="estimates_checks",
    specs=[
        dg.AssetCheckSpec(
            check,
            asset=METHODS[method],
            blocking=True,
            description="估计值为有限数或注明缘由。 Each is finite or says why it is absent.",
        )
        for method, (check, _) in ESTIMATES_CHECKS.items()
    ],
    required_resource_keys={INSTALLATION},
)
def estimates_checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Report what `ops.checks` says of the estimates of each method."""
    found = _verdicts(context.resources.installation)
    for method, check in ESTIMATES_CHECKS.items():
        passed, failed = found[check]
        yield dg.AssetCheckResult(
            check_name=check[0],
            asset_key=METHODS[method],
            passed=passed,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"failed": failed},
        )


@dg.asset(
    group_name="publish",
    deps=list(METHODS.values()),
    required_resource_keys={INSTALLATION},
    description="一次发布：数据库、表、页面、清单。 A release: database, tables, pages, manifest.",
)
def release(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
    """Publish, if every blocking check was made and passed for exactly this state."""
    published = publish_release(_installation(context, "release"))
    return _result({}, release=published.id)


run_job = dg.define_asset_job(
    "run",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="从导出文件到发布。 From exports to a release.",
)

daily = dg.ScheduleDefinition(
    name="daily",
    job=run_job,
    cron_schedule=f"30 {HOUR_OF_DAILY_RUN} * * *",
    execution_timezone=DEFINED.settings.zone,
    description="每日运行；无新文件则不发布。 Every night; publishes nothing without news.",
)


@dg.sensor(
    job=run_job,
    minimum_interval_seconds=60,
    description="收件箱有变化时唤醒运行。 Wakes the run when the inbox has changed.",
)
def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Ask for a run when names, sizes or times in the inbox differ from the last look.

    The cursor is that look and no memory of what was ingested: the run asks the vault. While a run
    is under way it stays, so that what changed meanwhile is seen at the next look.
    """
    home = Home.at()
    if is_locked(home):
        return dg.SkipReason("a run is under way")
    folder = home.inbox
    seen = hashlib.sha256()
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.is_file():
            facts = path.stat()
            seen.update(f"{path.relative_to(folder)} {facts.st_size} {facts.st_mtime_ns}".encode())
    if seen.hexdigest() == context.cursor:
        return dg.SkipReason("nothing has changed in the inbox")
    return dg.SensorResult(run_requests=[dg.RunRequest()], cursor=seen.hexdigest())


@dg.run_failure_sensor(
    name="failures",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="运行失败时发出警报。 Raises an alert when a run has failed.",
)
def failures(context: dg.RunFailureSensorContext) -> None:
    """Raise the alert of a run that Dagster started; the command line raises its own."""
    if COMMAND_LINE in context.dagster_run.tags:
        return
    home = Home.at()
    raise_alert(home, Settings.load(home), AlertKind.RUN_FAILED, context.dagster_run.job_name)


defs = dg.Definitions(
    assets=[vault, landing, accepted, derived, checked, computed, gated, estimated, release],
    asset_checks=[blocking_checks, gate_check, estimates_checks],
    jobs=[run_job],
    schedules=[daily],
    sensors=[inbox, failures],
    resources={INSTALLATION: installation_resource},
    executor=dg.in_process_executor,
)
