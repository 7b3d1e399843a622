"""Keyed pseudonyms: HMAC-SHA-256 (RFC 2104) of the numbers that link records, computed in SQL.

The one secret of an installation is 32 random bytes in a file outside the home folder, made when
the vault is still empty and never again: a vault whose key is gone can be read, but nothing that
arrives later could be linked to it. The vault keeps a fingerprint, so that a wrong key is an error
and not a silent break in every series. A key is changed only by `rotate_key`, which keeps the day:
whatever was derived under the old one no longer joins what is derived from then on.

In SQL the key lives in two session variables (the inner and outer pad), never in query text, where
a log or an error message could show it. Which columns become pseudonyms is said by the contracts
(`personal: key`); who needs one number to mean one thing, by the mappings.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import stat
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from pipelines.ingest.durable import make_private_folder, sync, write_durably
from pipelines.settings import PROJECT, Home
from pipelines.words import UserError

KEY_VARIABLE = "PETITIONS_KEY_FILE"
FINGERPRINT_TEXT = b"petitions vault fingerprint"
MARK, BREAKS = "key.fingerprint", "link_breaks.jsonl"  # in the vault
KEY_BYTES = 32
BLOCK_BYTES = 64  # of SHA-256
PSEUDONYM_HEX = 18  # 72 bits: 12 characters of base64, which DuckDB keeps inside the value itself
SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Key:
    """The secret of one installation. Its text form shows nothing of it."""

    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """What tells this key from another and says nothing else about it."""
        return hmac.digest(self.secret, FINGERPRINT_TEXT, "sha256").hex()

    @property
    def pads(self) -> tuple[bytes, bytes]:
        """The inner and the outer block of HMAC (RFC 2104, section 2)."""
        secret = self.secret
        if len(secret) > BLOCK_BYTES:
            secret = hashlib.sha256(secret).digest()
        block = secret.ljust(BLOCK_BYTES, b"\0")
        return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


def key_file(home: Home) -> Path:
    """Where the key of `home` lies: `PETITIONS_KEY_FILE`, else under the user's state folder."""
    if given := os.environ.get(KEY_VARIABLE):
        return Path(given).expanduser().absolute()
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    name = hashlib.sha256(str(home.root).encode()).hexdigest()[:12]
    return Path(state).expanduser() / "petitions" / f"{name}.key"


def open_key(home: Home) -> Key:
    """The key of `home`; made now if the vault is still empty.

    Raises:
        UserError: the key file lies inside the home folder or the program's folder, can be read by
            others, holds no key, is missing although the vault holds originals, or is not the key
            that the vault was begun with.
    """
    path = key_file(home)
    for inside in (home.root, PROJECT):
        if path.resolve().is_relative_to(inside.resolve()):
            raise UserError("ingest.KEY_INSIDE", file=path, folder=inside, variable=KEY_VARIABLE)
    mark = home.vault / MARK
    _finish_rotation(path, mark)
    is_begun = mark.exists() or any((home.vault / "objects").glob("*/*"))
    if not path.exists():
        if is_begun:
            raise UserError("ingest.KEY_MISSING", file=path, vault=home.vault)
        _make(path)
    key = _read(path)
    if not is_begun:
        make_private_folder(home.vault)
        write_durably(mark, key.fingerprint + "\n")
    elif not mark.exists() or mark.read_text(encoding="ascii").strip() != key.fingerprint:
        raise UserError("ingest.KEY_WRONG", file=path, mark=mark)
    return key


def rotate_key(home: Home, on: date) -> Key:
    """Give `home` a new key in place of its own, and note the day as a link break.

    The vault's fingerprint is written last but one: before it the old key is in force, after it the
    new one, and `open_key` puts a new key in its place if that was left undone.

    Args:
        home: the installation; the caller holds its lock and rebuilds what was derived.
        on: the day of the change.

    Raises:
        UserError: as `open_key` does.
    """
    old = open_key(home)
    path, mark = key_file(home), home.vault / MARK
    draft = _next_key_file(path)
    draft.unlink(missing_ok=True)
    _make(draft)
    key = _read(draft)
    entry = {"on": on.isoformat(), "from": old.fingerprint, "to": key.fingerprint}
    lines = [*_entries(home), entry]
    write_durably(home.vault / BREAKS, "".join(json.dumps(line) + "\n" for line in lines))
    write_durably(mark, key.fingerprint + "\n")
    _finish_rotation(path, mark)
    return key


def link_breaks(home: Home) -> list[date]:
    """The days on which the key was changed, oldest first; one that was only begun is none."""
    mark = home.vault / MARK
    expected = mark.read_text(encoding="ascii").strip() if mark.exists() else ""
    days: list[date] = []
    for entry in reversed(_entries(home)):
        if entry["to"] == expected:
            days.append(date.fromisoformat(entry["on"]))
            expected = entry["from"]
    return days[::-1]


def _entries(home: Home) -> list[dict[str, str]]:
    path = home.vault / BREAKS
    text = path.read_text(encoding="ascii") if path.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


def _next_key_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.next")


def _finish_rotation(path: Path, mark: Path) -> None:
    """Put a new key in the place of the old one, if the vault already goes by it."""
    draft = _next_key_file(path)
    if not (draft.exists() and mark.exists()):
        return
    if _read(draft).fingerprint == mark.read_text(encoding="ascii").strip():
        draft.replace(path)
        sync(path.parent)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_durably(path, secrets.token_hex(KEY_BYTES) + "\n")
    sync(path.parent.parent)


def _read(path: Path) -> Key:
    mode = path.stat().st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UserError("ingest.KEY_OPEN", file=path, mode=f"{stat.S_IMODE(mode):o}")
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii"))
    except ValueError:
        secret = b""
    if len(secret) < KEY_BYTES:
        raise UserError("ingest.KEY_UNREADABLE", file=path, digits=2 * KEY_BYTES)
    return Key(secret)


def pseudonym(key: Key, kind: str, scope: str, number: str) -> str:
    """The pseudonym of one number, as `pseudonym_sql` computes it for a column of them.

    Args:
        key: the installation's key.
        kind: what is numbered, so that a case and a visit of equal number do not look alike.
        scope: within what the number is unique, usually the submitting office.
        number: the number as the office writes it.
    """
    message = SEPARATOR.join((kind, scope, number)).encode()
    digest = hmac.digest(key.secret, message, "sha256")
    return base64.b64encode(digest[: PSEUDONYM_HEX // 2]).decode()


def use_key(con: duckdb.DuckDBPyConnection, key: Key) -> None:
    """Put the key into the session, so that `hmac_sql` works in it."""
    inner, outer = key.pads
    con.execute("set variable hmac_inner_pad = ?", [inner])
    con.execute("set variable hmac_outer_pad = ?", [outer])


def hmac_sql(message: str) -> str:
    """SQL for the HMAC-SHA-256, in lower-case hexadecimal, of a BLOB expression."""
    inner = f"unhex(sha256(getvariable('hmac_inner_pad') || {message}))"
    return f"sha256(getvariable('hmac_outer_pad') || {inner})"


def pseudonym_sql(message: str) -> str:
    """SQL for the pseudonym of a text expression: kind, scope and number joined by `SEPARATOR`."""
    return f"to_base64(unhex(left({hmac_sql(f'encode({message})')}, {PSEUDONYM_HEX})))"
