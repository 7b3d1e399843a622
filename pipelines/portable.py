"""The portable subset of SQL that definitions and derived tables are written in.

A query is read into its syntax tree and refused where it uses something that a second engine
answers differently, or that the engine does for every indicator alike: division, bucketing of
dates, comparison with the extract moment. What is found names its line and what to write instead.
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


class IndicatorError(ContractError):
    """A definition that cannot be used, or facts that break its promise; says what to write."""


def read_query(path: Path, query: str, first_line: int = 1) -> exp.Query:
    """The syntax tree of `query`, which is one statement inside the portable subset.

    Args:
        path: the file that the query is from, for the message.
        query: the text of the query.
        first_line: the line of the file on which the query begins.

    Raises:
        IndicatorError: it is not one query, or uses something outside the subset.
    """
    tree = _parse_one(path, query, first_line)
    for node in tree.walk():
        if advice := _advice(node):
            construct, instead = advice
            raise IndicatorError(
                f"{path.name}, line {first_line + line_of(node) - 1}: `{construct}` is outside the "
                f"portable subset; {instead}"
            )
    return tree


def tables_read(tree: exp.Query) -> frozenset[str]:
    """The tables that a query reads, without the names of its own steps."""
    steps = {step.alias for step in tree.find_all(exp.CTE)}
    return frozenset({table.name for table in tree.find_all(exp.Table)} - steps)


def columns_mentioned(tree: exp.Query) -> frozenset[str]:
    """The names of all columns that a query speaks of."""
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


def _advice(node: exp.Expr) -> tuple[str, str] | None:
    """The construct and what to write instead, where the node is outside the subset."""
    for kind, is_refused, construct, instead in _REFUSED:
        if isinstance(node, kind) and is_refused(node):
            return construct, instead
    if isinstance(node, exp.Func) and not isinstance(node, ALLOWED_FUNCTIONS):
        name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
        return f"{name.lower()}()", "write it with the functions that portable.py allows"
    return None


def _always(_node: exp.Expr) -> bool:
    return True


def _has(argument: str) -> Callable[[exp.Expr], bool]:
    return lambda node: bool(node.args.get(argument))


def _counts_other_than_days(difference: exp.Expr) -> bool:
    return (difference.text("unit") or "day").lower() != "day"


_Kind = type[exp.Expr] | tuple[type[exp.Expr], ...]
_BUCKETS = (exp.DateTrunc, exp.TimestampTrunc, exp.Extract)
_REFUSED: tuple[tuple[_Kind, Callable[[exp.Expr], bool], str, str], ...] = (
    (exp.Star, lambda n: not isinstance(n.parent, exp.Count), "select *", "name the columns"),
    (
        exp.Column,
        lambda n: n.name.lower() == "as_of",
        "as_of",
        "return seen_until_on; the engine compares it with the extract moment",
    ),
    ((exp.Div, exp.IntDiv), _always, "division", "return both terms; the engine divides"),
    (_BUCKETS, _always, "date_trunc", "return the date itself; the engine puts it into periods"),
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
