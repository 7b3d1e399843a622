"""Columns of words: numbers of records, codes, offices, labels. See `fields.py` for the steps."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from pipelines.contract import Column
from pipelines.ingest import personal
from pipelines.ingest.fields import Cell, Field, Scope, Target, mended_name, value_name
from pipelines.ingest.folding import fold_sql, folded, has_invisible_sql, is_folded_sql
from pipelines.ingest.reasons import RecordReason, Remark
from pipelines.privacy.pseudonyms import SEPARATOR, pseudonym_sql
from pipelines.quoting import literal

UNKNOWN = "unknown"
IDENTITY = "identity"
LONGEST_TEXT = 600  # bytes; longer is prose, which is never taken
# What a spreadsheet writes for a number with more digits than it can hold.
MANGLED = r"[0-9](\.[0-9]+)?[eE]\+[0-9]+|[0-9]{15}0{4,}(\.0+)?"
LONG_NUMBER = "[0-9]{15}"  # in every identity number and in most of the mangled ones
# ="0123" and '0123: how a number is kept from becoming one in a spreadsheet.
GUARD = r"""^(?:="([^"]*)"|['`]([^"]+))$"""
FORMULA = "^[=@+]|^-[A-Za-z(=@+]"
TOWN_CODE = "[0-9]{12}"  # of statistics; its first six digits are the county's


def key_field(target: Target, cell: Cell, scope: Scope, *, is_own: bool) -> Field:
    """A number: it leaves the vault as its pseudonym only."""
    value = value_name(target.name)
    part = scope.part(value)
    kept = pseudonym_sql(scope.message(target.name, part)) if is_own else part
    # A key of a matter that is a person's number would be a key of the person.
    reason = RecordReason.PII if target.name == "matter_key" else Remark.PII
    mangled = f"regexp_full_match({value}, {literal(MANGLED)})"
    problems = (
        *target.required(f"{value} is null"),
        target.problem(RecordReason.TOO_LONG, f"strlen({value}) > {LONGEST_TEXT}"),
        target.problem(RecordReason.PRECISION_LOST, mangled),
        target.problem(reason, personal.is_identity_sql(value), "V62"),
    )
    has_long_number = f"regexp_matches({value}, {literal(LONG_NUMBER)})"
    doubt = (
        f"contains({value}, '+') or (strlen({value}) >= {personal.IDENTITY_LENGTH} "
        f"and ({has_long_number} or strlen({value}) > {LONGEST_TEXT}))"
    )
    if target.is_required:
        doubt += f" or {cell.text} is null"
    field = _written(target, cell)
    return replace(field, kept=kept, doubt=doubt, problems=problems, is_reference=not is_own)


def identity_field(cell: Cell, made: Mapping[str, str], *, has_names: bool) -> Field:
    """What tells a matter where no official number does: who, on which topic, about which place.

    Never who alone: without topic or place there is no key, and the case is its own matter. The
    place is the city, so a place that is written by name is added once the name has been read
    (`statements.reference_sql`).

    Args:
        cell: the column of the petitioner's number.
        made: SQL of what the record is known to be, by column of the contract.
        has_names: whether places are written by name.
    """
    value = value_name(IDENTITY)
    topic, place = made.get("content_code"), made.get("region_code")
    if topic is None or place is None:
        nothing = "cast(null as varchar)"
        return Field(IDENTITY, "null", nothing, nothing, nothing, is_reference=True)
    is_known = f"{topic} <> {literal(UNKNOWN)} and {place} is not null"
    parts = [f"upper(replace({value}, ' ', ''))", topic]
    if not has_names:
        parts.append(city_sql(place))
    kept = f"case when {is_known} then {f' || {literal(SEPARATOR)} || '.join(parts)} end"
    return replace(_written(Target(IDENTITY), cell), kept=kept, is_reference=True)


def city_sql(place: str) -> str:
    """SQL for the city of a place: the first four digits of a county, as counties are renumbered.

    A place of another code system stands for itself.
    """
    is_code = f"regexp_full_match({place}, '[0-9]{{6,}}')"
    return f"case when {is_code} then left({place}, 4) else {place} end"


def text_field(target: Target, cell: Cell, places: Collection[str] = ()) -> Field:
    """A text that is kept as it is: a code, an office, a state. It may say nothing of a person.

    Args:
        target: what it becomes.
        cell: the column.
        places: names of places that stand in such a column and are no person's.
    """
    value = value_name(target.name)
    names = [personal.is_name_sql(value)]
    if target.name.endswith("office_id") or target.name == "sender_id":
        names.append(personal.is_no_office_sql(value))
    is_name = f"({value} >= {literal(personal.FIRST_HAN)} and ({' or '.join(names)}))"
    if places:
        is_name = f"({is_name} and {personal.is_none_of_sql(value, places)})"
    mended, may_be_personal = mended_name(target.name), personal.is_worth_a_look_sql(value)
    problems = (
        *target.required(f"{value} is null"),
        target.problem(RecordReason.TOO_LONG, f"strlen({value}) > {LONGEST_TEXT}"),
        target.problem(RecordReason.PII, f"{personal.is_personal_sql(value)} or {is_name}", "V62"),
        target.problem(RecordReason.FORMULA, f"regexp_matches({value}, {literal(FORMULA)})"),
        target.problem(
            Remark.CTRL_CHAR, f"{mended} is not null and {has_invisible_sql(cell.text)}"
        ),
    )
    doubt = f"strlen({value}) > {personal.LONGEST_CODE} "
    doubt += f"and ({is_name} or {may_be_personal} or strlen({value}) > {LONGEST_TEXT})"
    if target.is_required:
        doubt += f" or {cell.text} is null"
    kept = value
    if target.name == "region_code":
        is_town = f"strlen({value}) = 12 and regexp_full_match({value}, {literal(TOWN_CODE)})"
        kept = f"case when {is_town} then left({value}, 6) else {value} end"
    return replace(_written(target, cell), kept=kept, doubt=doubt, problems=problems)


def state_field(cell: Cell, closing: Field) -> Field:
    """The state of a submission as its system shows it: one that is open has no closing beside it.

    The state itself counts for nothing, so the record is out only where the two contradict.
    """
    target = Target(cell.mapped.target)
    value = value_name(target.name)
    states = ", ".join(literal(folded(state)) for state in cell.mapped.open_states)
    closed_at = closing.kept or value_name(closing.column)
    is_both = f"({value} in ({states}) and {closed_at} is not null)"
    field = text_field(target, cell)
    problem = target.problem(RecordReason.CONSISTENCY, is_both, "STATE")
    return replace(field, doubt=f"{field.doubt} or {is_both}", problems=(*field.problems, problem))


def _written(target: Target, cell: Cell) -> Field:
    """A text in its one form, without what guarded it from a spreadsheet."""
    text, mended = cell.text, mended_name(target.name)
    # Neither a sign that guards a number nor one that begins a formula stands first.
    is_bare = f"{text} >= '0' and ({text} < ':' or {text} >= 'A')"
    guard = literal(GUARD)
    bare = f"regexp_extract({mended}, {guard}, 1) || regexp_extract({mended}, {guard}, 2)"
    return Field(
        column=target.name,
        text=text,
        plain=f"case when {is_bare} and {is_folded_sql(text)} then {text} end",
        mended=fold_sql(text),
        value=f"coalesce(nullif({bare}, ''), nullif({mended}, ''))",
    )


def label_field(column: Column, target: Target, cell: Cell) -> Field:
    """A label that stands for a code, a truth value or another text.

    A list of codes that has a word for "unknown" takes any label, with a remark; of one that has
    none, an unknown label is an error. Elsewhere an unknown label is left out, with a remark.
    """
    text, mended = cell.text, mended_name(target.name)
    meanings = cell.mapped.values or tuple((code, code) for code in column.codes)
    folded_meanings = tuple({folded(label): code for label, code in meanings}.items())
    value = _choice(column, mended, folded_meanings)
    if UNKNOWN in column.codes:
        value = f"coalesce({value}, {literal(UNKNOWN)})"
    is_closed = bool(column.codes) and UNKNOWN not in column.codes
    reason = RecordReason.ENUM_UNKNOWN if is_closed else Remark.ENUM_UNKNOWN
    known = ", ".join(literal(label) for label, _ in folded_meanings)
    is_new = f"{mended} is not null and {mended} not in ({known})"
    is_personal = f"{is_new} and {personal.is_personal_sql(mended)}"
    problems = (
        *target.required(f"{text} is null"),
        target.problem(RecordReason.PII, is_personal, "V62"),
        target.problem(reason, is_new, "V02"),
    )
    return Field(
        column=target.name,
        text=text,
        plain=_choice(column, text, meanings),
        mended=fold_sql(text),
        value=value,
        doubt=f"{text} is null" if target.is_required else "false",
        problems=problems,
    )


def _choice(column: Column, text: str, meanings: tuple[tuple[str, str], ...]) -> str:
    is_boolean = column.type == "boolean"
    arms = " ".join(
        f"when {literal(label)} then {code if is_boolean else literal(code)}"
        for label, code in meanings
    )
    return f"case {text} {arms} end"
