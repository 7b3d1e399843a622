"""Keyed pseudonyms: HMAC-SHA-256 (RFC 2104) of the numbers that link records, computed in SQL.

The one secret of an installation is 32 random bytes in a file outside the home folder, made when
the vault is still empty and never again: a vault whose key is gone can be read, but nothing that
arrives later could be linked to it. The vault keeps a fingerprint, so that a wrong key is an error
and not a silent break in every series.

In SQL the key lives in two session variables (the inner and outer pad), never in query text, where
a log or an error message could show it. Which columns become pseudonyms is said by the contracts
(`personal: key`); who needs one number to mean one thing, by the mappings.
"""

import base64
import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pipelines.ingest.durable import make_private_folder, sync, write_durably
from pipelines.settings import PROJECT, Home
from pipelines.words import UserError

KEY_VARIABLE = "PETITIONS_KEY_FILE"
FINGERPRINT_TEXT = b"petitions vault fingerprint"
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
    mark = home.vault / "key.fingerprint"
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
