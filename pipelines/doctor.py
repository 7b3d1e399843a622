"""`petitions doctor`: what in the environment would make a run fail or its output poorer."""

import os
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import version

from pipelines.ingest.lock import writer_lock
from pipelines.privacy.pseudonyms import key_file, open_key
from pipelines.publish.pointer import current_release
from pipelines.settings import Home, Settings
from pipelines.words import Lang, UserError, say

LEAST_FREE_GB = 5
LEAST_MEMORY_GB = 4
GB = 1 << 30


@dataclass(frozen=True, slots=True)
class Point:
    """One thing looked at: its key in `reports/words/doctor.yml`, the verdict, what was found."""

    key: str
    is_good: bool
    finding: str | UserError

    def title(self, lang: Lang) -> str:
        """What was looked at, in words."""
        return say(f"doctor.{self.key}", lang)

    def result(self, lang: Lang) -> str:
        """What was found, in words where it is a mistake."""
        return self.finding.sentence(lang) if isinstance(self.finding, UserError) else self.finding


def examine(home: Home) -> list[Point]:
    """Look at everything; no look changes anything but the home's empty folder."""
    looks = (
        _python, _libraries, _disk, _memory, _settings, _key, _lock, _browser, _release,
    )  # fmt: skip
    return [look(home) for look in looks]


def _python(_: Home) -> Point:
    return Point("PYTHON", sys.version_info >= (3, 11), sys.version.split()[0])


def _libraries(_: Home) -> Point:
    names = ("dagster", "duckdb", "great-expectations", "plotly", "polars", "pandas")
    return Point("LIBRARIES", is_good=True, finding=", ".join(f"{n} {version(n)}" for n in names))


def _disk(home: Home) -> Point:
    place = home.root if home.root.exists() else home.root.parent
    free = shutil.disk_usage(place).free / GB
    return Point("DISK", free >= LEAST_FREE_GB, f"{free:.1f} GB")


def _memory(_: Home) -> Point:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GB
    return Point("MEMORY", total >= LEAST_MEMORY_GB, f"{total:.1f} GB")


def _settings(home: Home) -> Point:
    try:
        settings = Settings.load(home)
    except UserError as error:
        return Point("SETTINGS", is_good=False, finding=error)
    return Point("SETTINGS", is_good=True, finding=f"{settings.region_set}, {settings.zone}")


def _key(home: Home) -> Point:
    if not key_file(home).exists() and not home.vault.exists():
        return Point("KEY", is_good=True, finding="-")
    try:
        open_key(home)
    except UserError as error:
        return Point("KEY", is_good=False, finding=error)
    return Point("KEY", is_good=True, finding=str(key_file(home)))


def _lock(home: Home) -> Point:
    if not home.root.exists():
        return Point("LOCK", is_good=True, finding="-")
    try:
        with writer_lock(home):
            return Point("LOCK", is_good=True, finding="-")
    except UserError as error:
        return Point("LOCK", is_good=False, finding=error)


def _browser(_: Home) -> Point:
    names = (os.environ.get("BROWSER_PATH", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), "")
    return Point("BROWSER", bool(found), found or "-")


def _release(home: Home) -> Point:
    release = current_release(home)
    return Point("RELEASE", is_good=True, finding=release.id if release else "-")
