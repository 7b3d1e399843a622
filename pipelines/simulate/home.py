"""The home of a demo: whose it is, its settings and its own reference files.

Demo and real never share a home. A home may be simulated into when it is empty, or when all that
lies in its inbox and its vault was written by this simulator; the list of hashes in `truth.json`
says what was.
"""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipelines.settings import SHIPPED_REFERENCE, Home, Settings
from pipelines.simulate.calendar import SATURDAY, build_calendar, holidays
from pipelines.simulate.places import FICTIONAL
from pipelines.simulate.scenario import START, Scenario
from pipelines.simulate.truth import parameters_of
from pipelines.words import UserError

TRUTH = "truth.json"
SCRATCH = ".simulating"
CITY_OFFICES = tuple(f"F{number:02d}" for number in range(1, 12))
NEXT_RELEASES = 3
# Worlds of fewer cases, and the shortest period of figures of a county, a city, a breakdown.
FINEST = {
    10_000: ("year", "year", "year"),
    150_000: ("year", "quarter", "year"),
    500_000: ("quarter", "month", "quarter"),
}


def demand_demo_home(home: Home, scenario: Scenario) -> None:
    """Refuse a home that holds anything but this simulator's own files.

    Raises:
        UserError: the home's reference folder is the shipped one, which the demo's would replace;
            `petitions.toml` is not a demo's; the inbox or the vault holds a file that the
            simulator did not write; or the vault already holds another simulated world.
    """
    if home.reference.resolve() == SHIPPED_REFERENCE.resolve():
        raise UserError("simulate.SHIPPED_REFERENCE", exit_code=2, home=home.root)
    settings = home.root / "petitions.toml"
    if settings.exists() and not Settings.load(home).is_demo:
        raise UserError("simulate.NOT_A_DEMO_HOME", exit_code=2, home=home.root)
    truth = read_truth(home)
    known = {file["sha256"] for file in truth.get("files", [])}
    objects = home.vault / "objects"
    vaulted = {path.name for path in objects.rglob("*") if path.is_file()}
    if vaulted - known:
        raise UserError("simulate.OTHER_OBJECTS", exit_code=2, home=home.root)
    if vaulted and truth.get("parameters") != parameters_of(scenario):
        raise UserError("simulate.OTHER_WORLD", exit_code=2, home=home.root)
    names = {file["path"] for file in truth.get("files", [])}
    foreign = [path for path in _files(home.inbox) if _name(home, path) not in names]
    if foreign:
        raise UserError("simulate.OTHER_INBOX", exit_code=2, home=home.root, count=len(foreign))


def read_truth(home: Home) -> dict[str, Any]:
    """The truth.json of a home; empty where there is none that can be read."""
    path = home.root / TRUTH
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def scratch_folder(home: Home) -> Path:
    """An empty folder to write the exports into before they are moved to the inbox."""
    folder = home.root / SCRATCH
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def move_in(home: Home, scenario: Scenario, truth: dict[str, Any]) -> None:
    """Put settings, reference files, truth and exports in their places, replacing the old ones."""
    write_settings(home, scenario)
    write_reference(home, scenario)
    # At every instant truth.json lists all that lies in the inbox, so a run that is broken off
    # leaves nothing that the next one would take for somebody else's.
    for file in read_truth(home).get("files", []):
        (home.inbox / file["path"]).unlink(missing_ok=True)
    _write(home.root / TRUTH, json.dumps(truth, ensure_ascii=False, indent=1) + "\n")
    for file in truth["files"]:
        target = home.inbox / file["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        (home.root / SCRATCH / file["path"]).replace(target)
    shutil.rmtree(home.root / SCRATCH)


def write_settings(home: Home, scenario: Scenario) -> None:
    """`petitions.toml` of the demo."""
    offices = ", ".join(f'"{office}"' for office in CITY_OFFICES)
    releases = ", ".join(day.isoformat() for day in _next_releases(scenario.until))
    text = f"""\
# 演示数据：虚构省份，由 petitions simulate 生成。
# Demo: an invented province, made by petitions simulate.
zone = "Asia/Shanghai"
region_set = "fictional"
is_demo = true
title_zh = "云泽省信访与下访运行报告（演示）"
title_en = "Yunze Province petition reception monitor (demo)"
publisher = "云泽省信访局（虚构） Yunze Provincial Petition Office (invented)"
contact = "demo@example.org"
licence = "CC0-1.0"
expected_offices = [{offices}]
next_releases = [{releases}]
{_finest(scenario)}"""
    _write(home.root / "petitions.toml", text)


def _finest(scenario: Scenario) -> str:
    """How fine the figures of a small world are: its months would mostly be hidden."""
    for few, lengths in FINEST.items():
        if scenario.cases < few:
            named = zip(("county", "city", "breakdown"), lengths, strict=True)
            return "\n[finest]\n" + "".join(f'{name} = "{length}"\n' for name, length in named)
    return ""


def write_reference(home: Home, scenario: Scenario) -> None:
    """The demo's own rules, offices, population, calendar and breaks."""
    home.reference.mkdir(parents=True, exist_ok=True)
    for name in ("rule_calendar.csv", "offices.csv", "population.csv"):
        shutil.copyfile(FICTIONAL / name, home.reference / name)
    _write(home.reference / "calendar_days.csv", _calendar_csv(scenario.until))
    breaks = (SHIPPED_REFERENCE / "series_breaks.csv").read_text(encoding="utf-8").splitlines()
    own = [line for line in breaks[1:] if ",fictional," in line]
    _write(home.reference / "series_breaks.csv", "\n".join([breaks[0], *own]) + "\n")


def _calendar_csv(until: date) -> str:
    calendar = build_calendar(until)
    named = {
        first + timedelta(days=shift): (zh, en)
        for first, length, zh, en in holidays(START.year, until.year + 3)
        for shift in range(length)
    }
    lines = ["day,is_workday,holiday_zh,holiday_en"]
    for number in range(calendar.days):
        day = START + timedelta(days=number)
        zh, en = named.get(day, ("", ""))
        is_workday = day.weekday() < SATURDAY and not zh
        lines.append(f"{day},{str(is_workday).lower()},{zh},{en}")
    return "\n".join(lines) + "\n"


def _next_releases(until: date) -> list[date]:
    months = [until.year * 12 + until.month + ahead for ahead in range(1, NEXT_RELEASES + 1)]
    return [date(month // 12, month % 12 + 1, 20) for month in months]


def _files(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not path.name.startswith("."))


def _name(home: Home, path: Path) -> str:
    return path.relative_to(home.inbox).as_posix()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
