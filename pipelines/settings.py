"""Where an installation lives and what it has decided: the home folder and `petitions.toml`.

Paths and limits only. Nothing here opens a database or reads a row.
"""

import os
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipelines.contract import Length, read_finest

PACKAGE = Path(__file__).parent
PROJECT = PACKAGE.parent
SHIPPED_REFERENCE = PROJECT / "data" / "reference"
DUCKDB = "duckdb"
REGION_SETS = ("zj", "cn", "fictional", "own", "single")


class SettingsError(ValueError):
    """`petitions.toml` cannot be used; the message says which key and what was expected."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one installation. Creating a `Home` touches nothing on disk."""

    root: Path

    @classmethod
    def at(cls, root: Path | None = None) -> Self:
        """The home given, else `PETITIONS_HOME`, else `./data`."""
        return cls((root or Path(os.environ.get("PETITIONS_HOME", "data"))).expanduser().resolve())

    @property
    def inbox(self) -> Path:
        """Exports dropped by offices."""
        return self.root / "inbox"

    @property
    def sources(self) -> Path:
        """The user's own mappings."""
        return self.root / "sources"

    @property
    def reference(self) -> Path:
        """Files that override the shipped reference files."""
        return self.root / "reference"

    @property
    def vault(self) -> Path:
        """Originals, receipts and refused records: owner only, the truth."""
        return self.root / "vault"

    @property
    def warehouse(self) -> Path:
        """The writer's database and its spill folder: disposable."""
        return self.root / "warehouse"

    @property
    def staging(self) -> Path:
        """The database that a run builds; readers never open it."""
        return self.warehouse / "staging.duckdb"

    @property
    def published(self) -> Path:
        """Releases and the pointer to the newest one."""
        return self.root / "published"

    @property
    def lock(self) -> Path:
        """Held with `flock` by the one writer."""
        return self.root / "run.lock"

    def reference_file(self, name: str) -> Path:
        """The home's own copy of a reference file where there is one, else the shipped one."""
        own = self.reference / name
        return own if own.exists() else SHIPPED_REFERENCE / name


@dataclass(frozen=True, slots=True)
class Settings:
    """What `petitions.toml` decides. Every key has a default; unknown keys are refused.

    `disclosure` tightens thresholds of `privacy/policy.toml`; what would loosen them is refused.
    `finest` is the shortest period (month, quarter, year) of figures of a county, city, province or
    breakdown, for an office so small that months would mostly be hidden. `engine` runs the heavy
    queries: `duckdb`, or a cluster at `sc://host:port`.
    """

    zone: str = "Asia/Shanghai"
    region_set: str = "zj"
    title_zh: str = "信访与下访运行报告"
    title_en: str = "Petition reception monitor"
    publisher: str = ""
    contact: str = ""
    licence: str = ""
    is_demo: bool = False
    expected_offices: tuple[str, ...] = ()
    next_releases: tuple[date, ...] = ()
    closed_after_days: int = 15
    releases_kept: int = 12
    stale_after_days: int = 45
    run_due_hours: int = 0
    accepted_changes: tuple[str, ...] = ()
    alert_command: str = ""
    disclosure: dict[str, Any] = field(default_factory=dict)
    finest: dict[str, Length] = field(default_factory=dict)
    engine: str = DUCKDB
    memory_limit: str = "2GB"
    threads: int = field(default_factory=lambda: os.cpu_count() or 1)

    @classmethod
    def load(cls, home: Home) -> Self:
        """Read `<home>/petitions.toml`; a missing file means the defaults.

        Raises:
            SettingsError: the file is not TOML, or a key is unknown or has a wrong value.
            ContractError: `finest` names another level or length.
        """
        path = home.root / "petitions.toml"
        if not path.exists():
            return cls()
        try:
            keys: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"{path}: not valid TOML: {error}") from error
        known = set(cls.__dataclass_fields__)
        for key in keys:
            if key not in known:
                raise SettingsError(
                    f"{path}: unknown key `{key}`; expected one of {', '.join(sorted(known))}"
                )
        keys["finest"] = read_finest(path, keys.get("finest", {}))
        for key, value in keys.items():
            if isinstance(value, list):
                keys[key] = tuple(value)
        settings = cls(**keys)
        settings._check(path)
        return settings

    def _check(self, path: Path) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise SettingsError(
                f"{path}: zone `{self.zone}` is not a time zone; expected a name such as "
                "Asia/Shanghai"
            ) from error
        if self.region_set not in REGION_SETS:
            raise SettingsError(
                f"{path}: region_set `{self.region_set}`; expected one of {', '.join(REGION_SETS)}"
            )
        if self.engine != DUCKDB and not re.fullmatch(r"sc://[^/:@?#;]+:\d{1,5}", self.engine):
            raise SettingsError(
                f"{path}: engine `{self.engine}`; expected `duckdb`, or the address of a Spark "
                "Connect server such as `sc://host:15002`"
            )
