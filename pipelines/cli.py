"""The verbs of `petitions`. Thin: each asks a module for an answer and shows it.

Words come from `reports/words/cli.yml` in the language of `--lang` or of the locale. A user's
mistake ends in a sentence and an exit code (1 failed run, 2 wrong use, 75 another run), never in a
traceback. Heavy modules are imported by the verb that needs them, so that `--help` answers at once.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import asdict, astuple
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.contract import ContractError
from pipelines.help import explained, show_misuse
from pipelines.screen import EXIT_FAILED, EXIT_USAGE, Screen, formatted, language
from pipelines.settings import PROJECT, Home, Settings
from pipelines.words import Lang, UserError, say

DEMO_HOME = PROJECT / "data" / "demo"

HomeOption = Annotated[Path | None, typer.Option("--home", metavar="DIR", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json")]
DayOption = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], show_default=False)]
PortOption = Annotated[int, typer.Option(min=1, max=65535)]

screen = Screen(Lang.EN)


def simulate(  # noqa: PLR0913 - the parameters of a world
    *,
    home: HomeOption = None,
    cases: Annotated[int, typer.Option()] = 1_000_000,
    seed: Annotated[int | None, typer.Option(show_default=False)] = None,
    until: DayOption = None,
    visit_effect: Annotated[float, typer.Option()] = 1.0,
    issue_times: Annotated[float, typer.Option(min=1)] = 2.5,
) -> None:
    """`petitions simulate`."""
    from pipelines.ingest.lock import writer_lock
    from pipelines.simulate import run as demo

    where = Home.at(home or (None if "PETITIONS_HOME" in os.environ else DEMO_HOME))
    with writer_lock(where):
        report = demo.simulate(
            where,
            cases=cases,
            seed=demo.DEFAULT_SEED if seed is None else seed,
            until=until.date() if until else demo.DEFAULT_UNTIL,
            visit_effect=visit_effect,
            issue_times=issue_times,
        )
    screen.say("SIMULATED", files=report.files, cases=f"{cases:,}", home=report.home.root)


def run(
    *,
    home: HomeOption = None,
    revise: Annotated[bool, typer.Option("--revise")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    as_json: JsonOption = False,
) -> None:
    """`petitions run`."""
    from pipelines.rehearsal import rehearse
    from pipelines.session import run_session

    where = Home.at(home)
    summary = rehearse(where) if dry_run else run_session(where, screen, revise=revise)
    screen.json(asdict(summary)) if as_json else summary.show(screen)


def collect(path: Path, *, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """`petitions collect PATH`."""
    from pipelines.ingest.collect import Outcome
    from pipelines.ingest.collect import collect as copy_exports
    from pipelines.ingest.lock import writer_lock

    where = Home.at(home)
    with writer_lock(where):
        files = copy_exports(where, path)
    if as_json:
        screen.json([asdict(file) for file in files])
        return
    for file in files:
        show = screen.fail if file.outcome is Outcome.REFUSED else screen.plain
        show(file.sentence(screen.lang))
    screen.say("COLLECTED", **{o.lower(): sum(f.outcome is o for f in files) for o in Outcome})


def source_list(home: HomeOption = None) -> None:
    """`petitions source list`."""
    from pipelines.ingest.mapping import load_sources

    screen.sources(load_sources(Home.at(home)).values())


def source_check(source: str, file: Path, home: HomeOption = None) -> None:
    """`petitions source check SOURCE FILE`."""
    from pipelines.ingest.check import check_source
    from pipelines.ingest.mapping import load_sources

    where = Home.at(home)
    sources = load_sources(where)
    if source not in sources:
        known = ", ".join(sorted(sources))
        raise UserError("cli.UNKNOWN_SOURCE", exit_code=EXIT_USAGE, source=source, known=known)
    report = check_source(where, Settings.load(where), sources[source], file)
    screen.grid(["COLUMN", "TARGET", "PARSED", "SHAPE", "PROBLEM"], report.rows(screen.lang))
    if report.has_errors:
        raise typer.Exit(EXIT_FAILED)


def source_draft(
    file: Path,
    home: HomeOption = None,
    table: Annotated[str, typer.Option(show_default=False)] = "",
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", show_default=False)] = None,
) -> None:
    """`petitions source draft FILE`."""
    from pipelines.contract import load_tables
    from pipelines.ingest.draft import draft_source
    from pipelines.ingest.draft_text import draft_text, write_draft
    from pipelines.ingest.mapping import load_sources
    from pipelines.ingest.trial import trial_worker
    from pipelines.settings import PACKAGE

    where = Home.at(home)
    tables = load_tables(PACKAGE / "model")
    with trial_worker(where, Settings.load(where)) as worker:
        draft = draft_source(worker, file, tables, load_sources(where), table)
    text = draft_text(draft, screen.lang, to.stem if to else draft.table.name)
    if to is None:
        screen.raw(text)
        return
    write_draft(to, text)
    screen.say("DRAFTED", file=to, count=text.count("TODO"), source=to.stem)


def status(*, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """`petitions status`."""
    from pipelines.answers import read_status

    found = read_status(Home.at(home))
    screen.json(asdict(found)) if as_json else found.show(screen)


def receipts(
    *,
    home: HomeOption = None,
    totals: Annotated[bool, typer.Option("--totals")] = False,
    as_json: JsonOption = False,
) -> None:
    """`petitions receipts`."""
    from pipelines.answers import read_receipts
    from pipelines.ingest.receipts import COUNTS
    from pipelines.ingest.receipts import totals as sum_up

    found = read_receipts(Home.at(home))
    if as_json:
        screen.json([asdict(fate) for fate in found])
        return
    if not totals:
        columns = ["FILE", "TABLE", "SENDER", "AS_OF", *(count.upper() for count in COUNTS)]
        screen.grid(columns, [astuple(fate) for fate in found])
    screen.say("ACCOUNTED", **formatted(sum_up(found)))


def quarantine_list(*, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """`petitions quarantine list`."""
    from pipelines.answers import read_quarantine

    columns, rows = read_quarantine(Home.at(home))
    if as_json:
        screen.json([dict(zip(columns, row, strict=True)) for row in rows])
    elif rows:
        screen.grid([column.upper() for column in columns], rows)
    else:
        screen.say("NO_QUARANTINE")


def quarantine_export(
    to: Annotated[Path, typer.Option("--to", metavar="DIR")],
    home: HomeOption = None,
    sender: Annotated[str, typer.Option(show_default=False)] = "",
) -> None:
    """`petitions quarantine export --to DIR`."""
    from pipelines.answers import warehouse
    from pipelines.ingest.lock import writer_lock
    from pipelines.returns.export import export_returns
    from pipelines.returns.records import Installed

    where = Home.at(home)
    with writer_lock(where), warehouse(where) as con:
        made = export_returns(con, Installed.at(where), to, sender)
    screen.returns(made)


def quarantine_replay(path: Path, home: HomeOption = None) -> None:
    """`petitions quarantine replay FILE|DIR`."""
    from pipelines.ingest.lock import writer_lock
    from pipelines.returns.records import Installed
    from pipelines.returns.replay import replay

    where = Home.at(home)
    with writer_lock(where):
        repaired = replay(Installed.at(where), path)
    for one in repaired:
        key = "REPLAYED" if one.is_new else "REPLAYED_BEFORE"
        screen.say(key, file=one.workbook, place=one.place, count=one.records)


def query(sql: str, *, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """`petitions query SQL`."""
    from pipelines.publish.query import FOR_PEOPLE, FOR_PROGRAMS
    from pipelines.publish.query import query as ask

    where = Home.at(home)
    limits = FOR_PROGRAMS if as_json else FOR_PEOPLE
    screen.answer(ask(where, Settings.load(where), sql, limits=limits), as_json=as_json)


def show(
    indicator: str,
    *,
    home: HomeOption = None,
    level: Annotated[str, typer.Option()] = "province",
    period: Annotated[str, typer.Option()] = "year",
    as_json: JsonOption = False,
) -> None:
    """`petitions show INDICATOR`."""
    from pipelines.publish.query import FOR_PEOPLE, FOR_PROGRAMS, Wanted
    from pipelines.publish.query import show as figures_of

    where = Home.at(home)
    limits = FOR_PROGRAMS if as_json else FOR_PEOPLE
    wanted = Wanted(indicator, level, period)
    answer = figures_of(where, Settings.load(where), wanted, limits)
    screen.answer(answer, as_json=as_json)


def explain(
    figure: str,
    *,
    home: HomeOption = None,
    release: Annotated[str, typer.Option(show_default=False)] = "",
    to: Annotated[Path | None, typer.Option("--to", metavar="DIR", show_default=False)] = None,
    as_json: JsonOption = False,
) -> None:
    """`petitions explain FIGURE`."""
    from pipelines.explain.explanation import explain as trace
    from pipelines.explain.lines import show as print_lines

    found = trace(Home.at(home), figure, release, to)
    if as_json:
        screen.json(found.facts())
    else:
        print_lines(found, screen, asked_for_records=to is not None)


def check(home: HomeOption = None) -> None:
    """`petitions check`."""
    from pipelines.answers import check_definitions

    screen.say("CHECKED", **check_definitions(Home.at(home)))


def audit(bulletin: Path, *, as_json: JsonOption = False) -> None:
    """`petitions audit BULLETIN`."""
    from pipelines.bulletins.audit import audit_bulletin

    found = audit_bulletin(bulletin)
    if as_json:
        screen.json(found.answer(screen.lang))
    else:
        screen.plain("\n".join(found.lines(screen.lang)))
    if not found.is_consistent:
        raise typer.Exit(EXIT_FAILED)


def diff(
    release: Annotated[str | None, typer.Argument()] = None,
    *,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """`petitions diff [RELEASE]`."""
    from pipelines.publish.changes import changes_since

    found = changes_since(Home.at(home), release)
    if as_json:
        screen.json(asdict(found))
    else:
        screen.changes(found)


def verify(
    release: Annotated[str | None, typer.Argument()] = None, home: HomeOption = None
) -> None:
    """`petitions verify [RELEASE]`."""
    from pipelines.publish.pointer import current_release
    from pipelines.publish.verify import finding_sentence
    from pipelines.publish.verify import verify as compare

    where = Home.at(home)
    findings = compare(where, release)
    for finding in findings:
        screen.fail(finding_sentence(finding, screen.lang))
    if findings:
        raise typer.Exit(EXIT_FAILED)
    screen.say("VERIFIED", release=release or getattr(current_release(where), "id", ""))


def rollback(
    release: Annotated[str | None, typer.Argument()] = None, home: HomeOption = None
) -> None:
    """`petitions rollback [RELEASE]`."""
    from pipelines.ingest.lock import writer_lock
    from pipelines.publish.verify import rollback as go_back

    where = Home.at(home)
    with writer_lock(where):
        screen.say("ROLLED_BACK", release=go_back(where, Settings.load(where), release).id)


def rotate_key(home: HomeOption = None) -> None:
    """`petitions rotate-key`."""
    from pipelines.session import change_key

    change_key(Home.at(home), screen)


def serve(home: HomeOption = None, port: PortOption = 8000) -> None:
    """`petitions serve`."""
    from pipelines.session import serve_site

    serve_site(Home.at(home), screen, port)


def ui(home: HomeOption = None, port: PortOption = 3000) -> None:
    """`petitions ui`."""
    from pipelines.session import start_dagster

    start_dagster(Home.at(home), port)


def doctor(home: HomeOption = None) -> None:
    """`petitions doctor`."""
    from pipelines.doctor import examine

    if not screen.points(examine(Home.at(home))):
        raise typer.Exit(EXIT_FAILED)


VERBS: tuple[Callable[..., None], ...] = (
    simulate, collect, run, status, receipts, query, show, explain, check, audit, diff,
    verify, rollback, rotate_key, serve, ui, doctor,
)  # fmt: skip
GROUPS: dict[str, tuple[Callable[..., None], ...]] = {
    "source": (source_list, source_draft, source_check),
    "quarantine": (quarantine_list, quarantine_export, quarantine_replay),
}


def build_app(lang: Lang) -> Any:
    """The command line in one language."""

    def words(key: str) -> str:
        return say(f"cli.{key}", lang)

    options: dict[str, Any] = {"no_args_is_help": True, "add_completion": False}
    app = typer.Typer(
        name="petitions", help=words("APP"), pretty_exceptions_enable=False, **options
    )
    for verb in VERBS:
        app.command(verb.__name__.replace("_", "-"), help=words(verb.__name__))(verb)
    for name, verbs in GROUPS.items():
        group = typer.Typer(help=words(name), **options)
        for verb in verbs:
            group.command(verb.__name__.removeprefix(f"{name}_"), help=words(verb.__name__))(verb)
        app.add_typer(group, name=name)
    app.callback(epilog=f"--lang zh|en  {words('LANG')}")(lambda: None)
    return explained(app, lang)


def main() -> None:
    """Entry point of the console script."""
    try:
        screen.lang, words = language(sys.argv[1:], dict(os.environ))
        sys.exit(build_app(screen.lang).main(words, "petitions", standalone_mode=False))
    except typer.TyperException as error:
        sys.exit(show_misuse(error, screen.lang))
    except (UserError, ContractError, OSError) as error:
        sys.exit(screen.stop(error))
    except KeyboardInterrupt:
        sys.exit(130)
