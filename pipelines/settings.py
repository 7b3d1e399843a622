"""Where an installation lives and what it has decided: the home folder and `petitions.toml`.

Paths and limits only. Nothing here opens a database or reads a row.
"""

import os
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self, get_args, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipelines.contract import FINEST, ContractError, Length, read_finest
from pipelines.words import UserError

PACKAGE = Path(__file__).parent
PROJECT = PACKAGE.parent
SHIPPED_REFERENCE = PROJECT / "data" / "reference"
DUCKDB = "duckdb"
REGION_SETS = ("zj", "cn", "fictional", "own", "single")
EXIT_SETTINGS = 2
ENGINE = re.compile(r"sc://[^/:@?#;]+:\d{1,5}")
MEMORY = re.compile(r"\d+(?:\.\d+)? ?[kKMGT]i?B")
LEAST = {"threads": 1, "releases_kept": 1}  # of the other numbers: 0
# The sentences of `reports/words/settings.yml` that say how a value is written.
FORMS = {str: "TEXT", bool: "BOOLEAN", int: "WHOLE_NUMBER", date: "DATE"}


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
            UserError: the file is not TOML in UTF-8, or a key is unknown or has a wrong value.
        """
        path = home.root / "petitions.toml"
        if not path.exists():
            return cls()
        keys = _read(path)
        kinds = get_type_hints(cls)
        for key, value in keys.items():
            if key not in kinds:
                near = ", ".join(get_close_matches(key, kinds, cutoff=0.0))
                raise _wrong("UNKNOWN", path, key=key, near=near, known=", ".join(sorted(kinds)))
            keys[key] = _typed(path, key, value, kinds[key])
        settings = cls(**keys)
        settings._check(path)
        return settings

    def _check(self, path: Path) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise _wrong("ZONE", path, value=self.zone) from None
        if self.region_set not in REGION_SETS:
            raise _wrong("REGION_SET", path, value=self.region_set, known=", ".join(REGION_SETS))
        if self.engine != DUCKDB and not ENGINE.fullmatch(self.engine):
            raise _wrong("ENGINE", path, value=self.engine)
        if not MEMORY.fullmatch(self.memory_limit):
            raise _wrong("MEMORY", path, value=self.memory_limit)
        for key, kind in get_type_hints(type(self)).items():
            value, least = getattr(self, key), LEAST.get(key, 0)
            if kind is int and value < least:
                raise _wrong("LEAST", path, key=key, value=value, least=least)


def _read(path: Path) -> dict[str, Any]:
    """The keys of the file, which may begin with a byte order mark, as Notepad writes it."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise _wrong("ENCODING", path) from None
    except tomllib.TOMLDecodeError as error:
        raise _wrong("NOT_TOML", path, reason=error) from None


def _typed(path: Path, key: str, value: Any, kind: Any) -> Any:
    """The value as its field has it; TOML has lists where a field is a tuple.

    A library that checks types takes longer to import than the whole file to read.
    """
    if key == "finest":
        try:
            return read_finest(path, value)
        except (ContractError, TypeError, AttributeError):
            levels, lengths = ", ".join(FINEST), ", ".join(Length)
            raise _wrong("FINEST", path, levels=levels, lengths=lengths) from None
    if kind in FORMS:
        if type(value) is kind:  # exactly: true is no number, and a moment is no day
            return value
        raise _wrong(FORMS[kind], path, key=key)
    if key == "disclosure":
        if isinstance(value, dict):
            return value
        raise _wrong("TABLE", path, key=key)
    each = get_args(kind)[0]
    if isinstance(value, list) and all(type(item) is each for item in value):
        return tuple(value)
    raise _wrong(f"LIST_{FORMS[each]}", path, key=key)


def _wrong(what: str, path: Path, **facts: object) -> UserError:
    return UserError(f"settings.{what}", exit_code=EXIT_SETTINGS, file=path, **facts)
