"""The rule table: every rule of a table, said once, and the SQL that follows from it.

A rule comes from a contract's `rules`, or follows from how a column is declared: never empty,
from a code list, part of the key, the code of a region. From the one table come the query that
counts (here), the rows for the quarantine (here), the Great Expectations suite (`suite.py`) and the
dictionary.

What becomes of a broken record is decided in `accept.py`; what a rule says, in the contract.
"""

from collections.abc import Iterable, Sequence

from pipelines.contract import Column, Rule, Scope, Severity, Table, Words
from pipelines.ingest.place_names import UNCLEAR
from pipelines.quoting import literal
from pipelines.words import Lang, say

REQUIRED, CODES, UNIQUE = "REQUIRED", "V02", "V01"
MISSING = "E_REQUIRED"
UNKNOWN = "unknown"
REGION = "region_code"
MIDNIGHTS, NEW_CODES = "V08", "V57"


def fed_tables(tables: dict[str, Table]) -> dict[str, Table]:
    """The tables that exports feed: those whose contract says which version of a record wins."""
    return {name: table for name, table in tables.items() if table.version}


def rule_table(table: Table) -> tuple[Rule, ...]:
    """Every rule of `table`: those that its columns imply, then those that its contract lists."""
    implied = [rule for column in table.columns for rule in _column_rules(table, column)]
    return (
        *implied,
        *_key_rules(table),
        *_region_rules(table),
        *_sender_rules(table),
        *table.rules,
    )


def row_rules(table: Table) -> tuple[Rule, ...]:
    """The rules that one row can break by itself."""
    return tuple(rule for rule in rule_table(table) if rule.scope is Scope.ROW)


def count_sql(rules: Sequence[Rule], relation: str) -> str:
    """One pass over `relation`: the number of rows, then the bad rows of each row rule."""
    counts = "".join(f", count(*) filter (where {rule.predicate})" for rule in rules)
    return f"select count(*){counts} from {relation}"


def breaks_any(rules: Iterable[Rule]) -> str:
    """A predicate that is true for a row that breaks one of the row rules, and never null."""
    broken = " or ".join(f"({rule.predicate})" for rule in rules) or "false"
    return f"coalesce({broken}, false)"


def quarantine_sql(rules: Sequence[Rule], table: str, relation: str) -> str:
    """Insert one row of `quarantine.records` for each row of `relation` and rule that it breaks."""
    broken = ", ".join(f"case when {rule.predicate} then {n} end" for n, rule in enumerate(rules))
    named = ", ".join(f"({n}, {labels(rule)})" for n, rule in enumerate(rules))
    return (
        "insert into quarantine.records "
        f"select file_id, {literal(table)}, record_no, column_name, rule_id, reason_code, severity "
        f"from (select file_id, record_no, unnest([{broken}]) as n from {relation} "
        f"where {breaks_any(rules)}) join (values {named}) "
        "as rules(n, column_name, rule_id, reason_code, severity) using (n)"
    )


def labels(rule: Rule) -> str:
    """A rule as the SQL literals `column_name, rule_id, reason_code, severity`."""
    return ", ".join(map(literal, (rule.column, rule.id, rule.code, rule.severity)))


def code_list(column: Column) -> str:
    """The allowed values of a column as an SQL list."""
    return "(" + ", ".join(map(literal, column.codes)) + ")"


def _column_rules(table: Table, column: Column) -> list[Rule]:
    rules: list[Rule] = []
    if column.required or column.name in table.key:
        kind = UNIQUE if column.name in table.key else REQUIRED
        rules.append(
            Rule(
                id=f"{kind}:{column.name}",
                severity=Severity.ERROR,
                scope=Scope.ROW,
                words=_say("REQUIRED", column),
                code=MISSING,
                column=column.name,
                predicate=f"{column.name} is null",
            )
        )
    if column.codes:
        # A list that has a word for "unknown" can hold any value; one that has none cannot.
        is_open = UNKNOWN in column.codes
        rules.append(
            Rule(
                id=f"{CODES}:{column.name}",
                severity=Severity.WARNING if is_open else Severity.ERROR,
                scope=Scope.ROW,
                words=_say("CODES", column),
                code="W_ENUM_UNKNOWN" if is_open else "E_ENUM_UNKNOWN",
                column=column.name,
                predicate=f"{column.name} not in {code_list(column)}",
            )
        )
    return rules


def _key_rules(table: Table) -> list[Rule]:
    if not table.key:
        return []
    key = ", ".join(table.key)
    return [
        Rule(
            id=UNIQUE,
            severity=Severity.ERROR,
            scope=Scope.SET,
            words=Words(zh=say("validate.UNIQUE", Lang.ZH), en=say("validate.UNIQUE", Lang.EN)),
            code="E_DUP_CONFLICT",
            column=table.key[0],
            query=f"select {key} from {table.name} group by {key} having count(*) > 1",
        )
    ]


def _region_rules(table: Table) -> list[Rule]:
    """A region code is one that the region table knows, and in force on the record's own day."""
    names = {column.name for column in table.columns}
    if not table.version or REGION not in names:
        return []
    region = table.column(REGION)
    rules = [
        Rule(
            id="V29",
            severity=Severity.ERROR,
            scope=Scope.CROSS,
            words=_say("REGION_KNOWN", region),
            code="E_REGION_UNKNOWN",
            column=REGION,
            query=f"select file_id, record_no from {table.name} where region_code is not null "
            "and region_code not in (select region_code from region_validity) "
            f"and not starts_with(region_code, '{UNCLEAR}')",
        ),
        Rule(
            id="V29N",
            severity=Severity.ERROR,
            scope=Scope.CROSS,
            words=_say("REGION_CLEAR", region),
            code="E_REGION_UNCLEAR",
            column=REGION,
            query=f"select file_id, record_no from {table.name} "
            f"where starts_with(region_code, '{UNCLEAR}')",
        ),
    ]
    if table.dated_by:
        day = table.column(table.dated_by)
        rules += [
            Rule(
                id="V29X",
                severity=Severity.ERROR,
                scope=Scope.CROSS,
                words=_say("REGION_IN_FORCE", day),
                code="E_REGION_EXPIRED",
                column=REGION,
                query=_with_region(table, "expired"),
            ),
            Rule(
                id="V29W",
                severity=Severity.WARNING,
                scope=Scope.CROSS,
                words=_say("REGION_OF_THE_DAY", day),
                code="W_REGION_MISMATCH",
                column=REGION,
                query=_with_region(table, "late_old_code", "statistical_only"),
            ),
            Rule(
                id="V29R",
                severity=Severity.WARNING,
                scope=Scope.CROSS,
                words=_say("REGION_BEGUN", day),
                code="W_REGION_RECODED",
                column=REGION,
                query=_with_region(table, "recoded_history"),
            ),
        ]
    return rules


def stamp_of(table: Table) -> tuple[str, str] | None:
    """The time that dates the records of a fed table and its precision, where it has both."""
    stem = table.dated_by.removesuffix("_at")
    fitting = {f"{stem}_precision", "at_precision"}
    for column in table.columns if table.version and stem != table.dated_by else ():
        if column.name in fitting:
            return table.dated_by, column.name
    return None


def midnight_stamp(stamp: tuple[str, str]) -> str:
    """A predicate: the time is written to the second and is exactly midnight."""
    written_at, precision = stamp
    return f"({_to_the_second(precision)} and {written_at} = date_trunc('day', {written_at}))"


def _to_the_second(precision: str) -> str:
    return f"coalesce({precision}, 'second') = 'second'"


def _sender_rules(table: Table) -> list[Rule]:
    """Of what a sender writes, few times are exactly midnight and few codes are new."""
    rules: list[Rule] = []
    if stamp := stamp_of(table):
        rules.append(_sender_rule(MIDNIGHTS, "MIDNIGHTS", _midnights_sql(table, stamp)))
    if table.version and any(UNKNOWN in column.codes for column in table.columns):
        rules.append(_sender_rule(NEW_CODES, "NEW_CODES", _new_codes_sql(table)))
    return rules


def _midnights_sql(table: Table, stamp: tuple[str, str]) -> str:
    """Of the times as they landed: what is found here is put right before the rows are judged."""
    return f"""
        select sender_id, '' as part, count(*) filter (where {midnight_stamp(stamp)}) as failed,
            count(*) as total, at_most(0.05, count(*)) as allowed
        from landing.{table.name} where {_to_the_second(stamp[1])} group by sender_id
    """


def _new_codes_sql(table: Table) -> str:
    name = literal(table.name)
    return f"""
        with
            received as (
                select sender_id, count(*) as total from {table.name} group by sender_id
            ),
            remarked as (
                select sender_id, count(distinct row(file_id, record_no)) as n
                from records join ops.files using (file_id, table_name)
                where table_name = {name} and starts_with(rule_id, '{CODES}:')
                group by sender_id
            )
        select sender_id, '' as part, coalesce(n, 0) as failed, total,
            at_most(0.01, total) as allowed
        from received left join remarked using (sender_id)
    """


def _sender_rule(name: str, key: str, query: str) -> Rule:
    return Rule(
        id=name,
        severity=Severity.WARNING,
        scope=Scope.SENDER,
        words=Words(zh=say(f"validate.{key}", Lang.ZH), en=say(f"validate.{key}", Lang.EN)),
        query=query,
    )


def _with_region(table: Table, *statuses: str) -> str:
    """The records whose code has one of these statuses on their own day."""
    day = f"cast(t.{table.dated_by} as date)"
    return (
        f"select t.file_id, t.record_no from {table.name} as t join region_validity as v "
        f"on v.region_code = t.region_code and v.from_on <= {day} and v.until_on > {day} "
        f"where v.status in ({', '.join(map(literal, statuses))})"
    )


def _say(key: str, column: Column) -> Words:
    return Words(
        zh=say(f"validate.{key}", Lang.ZH, column=column.words.zh),
        en=say(f"validate.{key}", Lang.EN, column=column.words.en),
    )
