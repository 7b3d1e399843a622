"""What a release is made from, as one hash: a run with nothing new is known before any work.

The hash covers originals (by the hashes that the vault keeps them under), mappings, reference
files, the settings that can move a figure, and the code. It does not look into any file of the
vault, and it says nothing about whether the data are good: that is `proof`.

A release names its originals by pseudonyms of their hashes: a plain hash would let anybody who
holds or guesses a small file find out whether it was received.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from pipelines.privacy.pseudonyms import Key, pseudonym
from pipelines.publish.manifest import read_manifest, sha256_of
from pipelines.publish.pointer import current_release, releases
from pipelines.settings import PACKAGE, PROJECT, SHIPPED_REFERENCE, Home, Settings

# What an export says of itself beside its bytes: it comes from names, folders and sidecars.
SAID_OF_A_FILE = (
    "sha256",
    "source",
    "sender_id",
    "period_start",
    "period_end",
    "as_of",
    "listings",
)
MOVES_NO_FIGURE = {
    *("engine", "memory_limit", "threads"),
    *("releases_kept", "stale_after_days", "alert_command"),
}
CODE_FOLDERS = (PACKAGE, PROJECT / "reports")
CODE_SUFFIXES = {".py", ".sql", ".yml", ".toml", ".md", ".css", ".js", ".html", ".j2"}
LIBRARIES_THAT_SHAPE_BYTES = ("duckdb", "numpy", "plotly", "scipy")


@dataclass(frozen=True, slots=True)
class InputState:
    """Everything a release is made from, by hash.

    Attributes:
        objects: pseudonyms of the originals, which another key changes all.
        key_fingerprint: of the key that they were made with.
    """

    objects: tuple[str, ...]
    key_fingerprint: str
    objects_sha256: str
    reference_sha256: str
    sources_sha256: str
    settings_sha256: str
    code_sha256: str

    @property
    def digest(self) -> str:
        """One hash over all of it."""
        return _hash_json(asdict(self))


def input_state(home: Home, settings: Settings, key: Key) -> InputState:
    """The state of everything a run would read now; the inbox must have been landed before."""
    said = _said_of_all(home, key)
    return InputState(
        objects=_names(said),
        key_fingerprint=key.fingerprint,
        objects_sha256=_hash_json(said),
        reference_sha256=_hash_folders([SHIPPED_REFERENCE, home.reference]),
        sources_sha256=_hash_folders([home.sources]),
        settings_sha256=_hash_json(
            {k: v for k, v in asdict(settings).items() if k not in MOVES_NO_FIGURE}
        ),
        code_sha256=code_hash(),
    )


def with_originals(state: InputState, home: Home, key: Key) -> InputState:
    """A state that was taken before landing, with the originals that there are since."""
    said = _said_of_all(home, key)
    return replace(state, objects=_names(said), objects_sha256=_hash_json(said))


def is_current(home: Home, state: InputState) -> bool:
    """Whether a release made from exactly this state is shown already, or was rolled back.

    A release that was rolled back counts: what a person has taken away must not come back by itself
    with the next scheduled run.
    """
    current = current_release(home)
    if current is None:
        return False
    known = [release for release in releases(home) if release.age >= current.age]
    manifests = (read_manifest(release.folder) for release in known)
    return any(m["inputs"]["state"] == state.digest for m in manifests if m)


@cache
def code_hash() -> str:
    """Hash of the program: its own files, words and pages, and the libraries that shape bytes."""
    libraries = {name: version(name) for name in LIBRARIES_THAT_SHAPE_BYTES}
    return _hash_json([libraries, _hash_folders(CODE_FOLDERS, CODE_SUFFIXES)])


def program_version() -> str:
    """Version of the installed package."""
    return version("petitions")


def commit() -> str:
    """The commit checked out in the project folder, or an empty text where there is no git."""
    git = PROJECT / ".git"
    try:
        head = (git / "HEAD").read_text(encoding="ascii").strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        loose = git / name
        if loose.is_file():
            return loose.read_text(encoding="ascii").strip()
        packed = (git / "packed-refs").read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
    found = re.search(rf"^([0-9a-f]{{40,64}}) {re.escape(name)}$", packed, re.MULTILINE)
    return found[1] if found else ""


def _said_of_all(home: Home, key: Key) -> list[dict[str, Any]]:
    return [_said_of(path, key) for path in sorted((home.vault / "files").glob("*.json"))]


def _names(said: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(sorted(str(one["sha256"]) for one in said))


def _said_of(path: Path, key: Key) -> dict[str, Any]:
    said = cast("dict[str, Any]", json.loads(path.read_bytes()))
    kept = {name: said.get(name) for name in SAID_OF_A_FILE}
    return kept | {"sha256": pseudonym(key, "original", "", str(said["sha256"]))}


def _hash_folders(folders: Iterable[Path], suffixes: set[str] | None = None) -> str:
    """Names and contents of all files below the folders; two folders never run together."""
    listed = [
        [
            (path.relative_to(folder).as_posix(), sha256_of(path))
            for path in sorted(folder.rglob("*"))
            if path.is_file() and (suffixes is None or path.suffix in suffixes)
        ]
        for folder in folders
    ]
    return _hash_json(listed)


def _hash_json(content: object) -> str:
    text = json.dumps(content, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
