"""Why a file, a record or a column was not taken as it came: the reason codes of ingestion.

They are a part of a closed list; what the rules find later has its codes in the contracts. The
sentence for each code is `ingest.<code>` in `reports/words/`.

Of that list (reliability.md §2) three have no use, since another one says more:

- F_QUOTE: a quote that is never closed costs its own record (`E_QUOTE`), not the file.
- F_TABLE_MISMATCH: the file of another table lacks required columns, and `F_HEADER` names one.
- E_ID: a number is empty (`E_REQUIRED`), mangled (`E_PRECISION_LOST`), too long (`E_TOO_LONG`) or
  that of a person (`W_PII`, `E_PII`); there is no other wrong one.
"""

from enum import StrEnum

from pipelines.words import Lang, load_words, say


class FileReason(StrEnum):
    """Why a whole file is refused. No row of it is taken."""

    EMPTY = "F_EMPTY"
    ENCODING = "F_ENCODING"
    HEADER = "F_HEADER"
    HEADER_DUP = "F_HEADER_DUP"
    DELIMITER = "F_DELIMITER"
    TYPE = "F_TYPE"
    TYPE_MISMATCH = "F_TYPE_MISMATCH"
    ENCRYPTED = "F_ENCRYPTED"
    CORRUPT = "F_CORRUPT"
    TRUNCATED = "F_TRUNCATED"
    ZIP_BOMB = "F_ZIP_BOMB"
    XML = "F_XML"
    TOO_LARGE = "F_TOO_LARGE"
    TOO_WIDE = "F_TOO_WIDE"
    PATH = "F_PATH"
    SYMLINK = "F_SYMLINK"
    SPECIAL = "F_SPECIAL"
    NAME = "F_NAME"
    CHECKSUM = "F_CHECKSUM"
    CONTROL_TOTAL = "F_CONTROL_TOTAL"
    MULTISHEET = "F_MULTISHEET"
    FAULT = "F_FAULT"  # of the program; the other files are taken all the same


class RecordReason(StrEnum):
    """Why one record is refused; the other records of its file are taken."""

    ENCODING = "E_ENCODING"
    CTRL_CHAR = "E_CTRL_CHAR"
    QUOTE = "E_QUOTE"
    RAGGED_SHORT = "E_RAGGED_SHORT"
    RAGGED_LONG = "E_RAGGED_LONG"
    TOO_LONG = "E_TOO_LONG"
    FORMULA = "E_FORMULA"
    TOTAL_ROW = "E_TOTAL_ROW"
    REQUIRED = "E_REQUIRED"
    PRECISION_LOST = "E_PRECISION_LOST"
    DATE = "E_DATE"
    DATE_AMBIGUOUS = "E_DATE_AMBIGUOUS"
    DATE_CALENDAR = "E_DATE_CALENDAR"
    DATE_RANGE = "E_DATE_RANGE"
    NUM = "E_NUM"
    NUM_RANGE = "E_NUM_RANGE"
    PII = "E_PII"
    ENUM_UNKNOWN = "E_ENUM_UNKNOWN"
    CONSISTENCY = "E_CONSISTENCY"


class Remark(StrEnum):
    """What is taken, but worth telling the office."""

    COLUMN_UNKNOWN = "W_COLUMN_UNKNOWN"
    COLUMN_MISSING = "W_COLUMN_MISSING"
    ENUM_UNKNOWN = "W_ENUM_UNKNOWN"
    ROWS_VANISHED = "W_ROWS_VANISHED"
    DUP_CONFLICT = "W_DUP_CONFLICT"
    VOLUME = "W_VOLUME"
    MASS_CHANGE = "W_MASS_CHANGE"
    MASS_REFUSAL = "W_MASS_REFUSAL"
    REGION_MISMATCH = "W_REGION_MISMATCH"
    REGION_RECODED = "W_REGION_RECODED"
    CARDINALITY = "W_CARDINALITY"
    HIDDEN = "W_HIDDEN"
    MERGED = "W_MERGED"
    SHEETS_UNREAD = "W_SHEETS_UNREAD"
    ROW_LIMIT = "W_ROW_LIMIT"
    DATE_RANGE = "W_DATE_RANGE"
    CTRL_CHAR = "W_CTRL_CHAR"
    PII = "W_PII"


class Refused(Exception):  # noqa: N818 - a verdict on one file, not a fault of the program
    """One file cannot be taken.

    Args:
        reason: the code.
        detail: a column of the mapping, a byte offset or a number; never text from the file.
    """

    def __init__(self, reason: FileReason, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason} {detail}".rstrip())


MAIL_FORMS = (".msg", ".mbox", "winmail.dat")  # of mail programs, for themselves


def refusal_sentence(reason: str, lang: Lang, *, file: str, detail: str) -> str:
    """File, what is wrong, what was expected and what to do, as an office is told."""
    key = f"ingest.{reason}{_variant(reason, detail)}"
    return say(key, lang, file=file, detail=detail)


def remedy(reason: str, lang: Lang, detail: str = "") -> str:
    """What whoever keeps the mappings can do besides; empty where that is nothing.

    Offices are never told: they cannot.
    """
    words = load_words()
    for code in (f"{reason}{_variant(reason, detail)}", reason):
        if found := words.get(f"ingest.FIX_{code}"):
            return found[lang]
    return ""


def _variant(reason: str, detail: str) -> str:
    """What is added to a reason code whose detail calls for another sentence."""
    if reason == FileReason.MULTISHEET and detail:  # the sheet that was asked for
        return "_NAMED"
    if reason == FileReason.TYPE and detail == ".eml":
        return "_EML"
    return "_MAIL" if reason == FileReason.TYPE and detail in MAIL_FORMS else ""
