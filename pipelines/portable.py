"""The portable subset of SQL that definitions and derived tables are written in.

A query is read into its syntax tree and refused where it uses something that a second engine
answers differently (the same SQL runs on a cluster, see `backend`), or that the engine does for
every indicator alike: bucketing of dates, comparison with the extract moment; derived tables may.
What is found names its line and what to write instead.
"""

from collections.abc import Callable
from pathlib import Path

from sqlglot import exp, parse
from sqlglot.errors import ParseError

from pipelines.contract import ContractError

DIALECT = "duckdb"

ALLOWED_FUNCTIONS: tuple[type[exp.Func], ...] = (
    *(exp.And, exp.Or, exp.Exists, exp.Case, exp.If, exp.Cast, exp.Coalesce, exp.Nullif),
    *(exp.Count, exp.Sum, exp.Min, exp.Max, exp.RowNumber),
    *(exp.Abs, exp.Greatest, exp.Least, exp.DateDiff),
    *(exp.Lower, exp.Upper, exp.Substring, exp.Concat),
)
# What derived tables use beside these; of a date they extract what every engine counts alike.
_BUCKETS = (exp.DateTrunc, exp.TimestampTrunc, exp.Extract)
TABLE_FUNCTIONS: tuple[type[exp.Func], ...] = (*ALLOWED_FUNCTIONS, exp.Lag, exp.Lead, *_BUCKETS)
PARTS_OF_A_DATE = frozenset({"year", "quarter", "month", "day", "hour", "minute", "second"})


class IndicatorError(ContractError):
    """A definition that cannot be used, or facts that break its promise; says what to write."""


def read_query(path: Path, query: str, first_line: int = 1, *, is_table: bool = False) -> exp.Query:
    """The syntax tree of `query`, which is one statement inside the portable subset.

    Args:
        path: the file that the query is from, for the message.
        query: the text of the query.
        first_line: the line of the file on which the query begins.
        is_table: whether it is that of a derived table and not of an indicator.

    Raises:
        IndicatorError: it is not one query, or uses something outside the subset.
    """
    tree = _parse_one(path, query, first_line)
    for node in tree.walk():
        if advice := _advice(node, is_table=is_table):
            construct, instead = advice
            raise IndicatorError(
                f"{path.name}, line {first_line + line_of(node) - 1}: `{construct}` is outside the "
                f"portable subset; {instead}"
            )
    return tree


def read_query_in(path: Path, query: str, *, is_table: bool = False) -> exp.Query:
    """`read_query` for a query that its file ends with; errors name the line of the file."""
    text = path.read_text(encoding="utf-8")
    first_line = text[: text.rindex(query)].count("\n") + 1
    return read_query(path, query, first_line, is_table=is_table)


def tables_read(tree: exp.Query) -> frozenset[str]:
    """The tables that a query reads, without the names of its own steps."""
    steps = {step.alias for step in tree.find_all(exp.CTE)}
    return frozenset({table.name for table in tree.find_all(exp.Table)} - steps)


def columns_mentioned(tree: exp.Expr) -> frozenset[str]:
    """The names of all columns that a query, or a part of one, speaks of."""
    return frozenset(column.name for column in tree.find_all(exp.Column))


def _parse_one(path: Path, query: str, first_line: int) -> exp.Query:
    try:
        trees = [tree for tree in parse(query, read=DIALECT) if tree is not None]
    except ParseError as error:
        at = error.errors[0] if error.errors else {}
        line = first_line + int(at.get("line") or 1) - 1
        raise IndicatorError(
            f"{path.name}, line {line}: not SQL: {at.get('description', 'cannot be read')}"
        ) from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise IndicatorError(f"{path.name}: expected one `select` and nothing else")
    return trees[0]


def _advice(node: exp.Expr, *, is_table: bool) -> tuple[str, str] | None:
    """The construct and what to write instead, where the node is outside the subset."""
    for kind, is_refused, construct, instead in _REFUSED if is_table else _ENGINE_DOES + _REFUSED:
        if isinstance(node, kind) and is_refused(node):
            return construct, instead
    allowed = TABLE_FUNCTIONS if is_table else ALLOWED_FUNCTIONS
    if isinstance(node, exp.Func) and not isinstance(node, allowed):
        name = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
        usual = f"use one of {', '.join(sorted(_written(each) for each in allowed))}"
        return f"{name}()", _INSTEAD.get(name, usual)
    return None


def _written(function: type[exp.Func]) -> str:
    """The name of a function as DuckDB has it."""
    return "date_diff" if function is exp.DateDiff else function.sql_name().lower()


def _always(_node: exp.Expr) -> bool:
    return True


def _has(argument: str) -> Callable[[exp.Expr], bool]:
    return lambda node: bool(node.args.get(argument))


def _counts_other_than_days(difference: exp.Expr) -> bool:
    return (difference.text("unit") or "day").lower() != "day"


def _is_date(node: exp.Expr) -> bool:
    """A date by its cast or, as names are law, by its name."""
    if isinstance(node, exp.Cast):
        return node.is_type("date")
    return isinstance(node, exp.Column) and node.name.lower().endswith("_on")


def _is_condition(node: exp.Expr) -> bool:
    if isinstance(node, exp.Column):
        return node.name.lower().startswith(("is_", "has_"))
    return isinstance(node.unnest(), (exp.Predicate, exp.Connector, exp.Not))


def _is_of_its_own_select(column: exp.Expr) -> bool:
    """A bare name in a select list, condition or join that only the same list could give."""
    select = column.find_ancestor(exp.Select)
    if select is None or column.text("table"):
        return False
    part = column
    while part.parent is not select:
        part = part.parent or select
    if part.arg_key not in {"expressions", "where", "joins"}:
        return False
    named = (item for item in select.expressions if item.alias == column.name and item is not part)
    return any(column.name not in columns_mentioned(item) for item in named)


_QUANTILES = "return one row with its amount for each unit; the engine takes quantiles"
_FIRST = "number the rows with row_number() and keep the first"
_INSTEAD = {
    **dict.fromkeys(("median", "quantile", "percentile_cont", "percentile_disc"), _QUANTILES),
    **dict.fromkeys(("arg_min", "arg_max", "first", "last", "any_value"), _FIRST),
    **dict.fromkeys(("generate_series", "explode", "unnest"), "join periods or calendar_days"),
    **dict.fromkeys(("day_of_week", "dayofweek", "dayofweek_iso"), "join calendar_days"),
    **dict.fromkeys(("current_date", "current_timestamp", "now"), "compare with seen_until_on"),
    "grouping": "write one query for each grouping",
    "histogram": "group by the value and count",
    "avg": "return both terms; the engine divides",
}
_Kind = type[exp.Expr] | tuple[type[exp.Expr], ...]
_Refused = tuple[tuple[_Kind, Callable[[exp.Expr], bool], str, str], ...]
_ENGINE_DOES: _Refused = (
    (
        exp.Column,
        lambda n: n.name.lower() == "as_of",
        "as_of",
        "return seen_until_on; the engine compares it with the extract moment",
    ),
    (_BUCKETS, _always, "date_trunc", "return the date itself; the engine puts it into periods"),
)
_REFUSED: _Refused = (
    (exp.Star, lambda n: not isinstance(n.parent, exp.Count), "select *", "name the columns"),
    ((exp.Div, exp.IntDiv), _always, "division", "return both terms; the engine divides"),
    (
        exp.Literal,
        lambda n: not n.args["is_string"] and not n.name.isdigit(),
        "a decimal number",
        "count in whole numbers of a smaller unit",
    ),
    (
        exp.Sub,
        lambda n: _is_date(n.this) and _is_date(n.expression),
        "date - date",
        "write date_diff('day', a, b)",
    ),
    (
        exp.Sum,
        lambda n: _is_condition(n.this),
        "sum of a condition",
        "write count(*) filter (where ...)",
    ),
    (
        exp.Extract,
        lambda n: n.name.lower() not in PARTS_OF_A_DATE,
        "that part of a date",
        "join calendar_days",
    ),
    (
        exp.Column,
        _is_of_its_own_select,
        "a name that the same select gives",
        "give it in a step (with) before, or name the table of the column",
    ),
    (exp.DateDiff, _counts_other_than_days, "date_diff", "write date_diff('day', a, b)"),
    (exp.Group, _has("all"), "group by all", "name the columns"),
    (exp.With, _has("recursive"), "with recursive", "prepare the closure in the model"),
    (exp.Distinct, _has("on"), "distinct on", "use row_number() and keep the first"),
    (exp.Join, _has("method"), "asof or natural join", "join on named columns"),
    (
        exp.WindowSpec,
        lambda n: n.text("kind").upper() == "RANGE",
        "range frame",
        "use a rows frame, or join on dates",
    ),
    (exp.Pivot, _always, "pivot", "write one case for each column"),
    (exp.Lateral, _always, "lateral join", "join a table that holds the values"),
    (exp.TableSample, _always, "tablesample", "read every row"),
)


def line_of(node: exp.Expr) -> int:
    """The line of the first word below the node, else of the clause that it stands in."""
    upwards: list[exp.Expr] = [node]
    while upwards[-1].parent is not None:
        upwards.append(upwards[-1].parent)
    lines = ([p.meta["line"] for p in here.walk() if "line" in p.meta] for here in upwards)
    return next((min(found) for found in lines if found), 1)
