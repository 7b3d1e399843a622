"""What the queries of the model say about one another: their order, and the exports behind them.

Which exports stand behind a table is read off its query, too: what decides whether a row is there
(`from`, inner joins, conditions) stands behind the whole table; what is joined on the left stands
only behind the columns taken from it. So the number of visits needs no announcements, and the days
of notice do.

`periods` and `coverage` tell of which days something is known, not what happened on them, so
no export stands behind what is read from them; nor behind reference tables.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from graphlib import CycleError, TopologicalSorter

from sqlglot import exp, parse_one

from pipelines.contract import ContractError, Table
from pipelines.portable import read_query_in

Names = frozenset[str]
NONE: Names = frozenset()
WITHOUT_EXPORTS = frozenset({"periods", "coverage"})
DECIDING = ("where", "group", "having")


def build_order(tables: Mapping[str, Table]) -> list[str]:
    """The derived tables, each after those that its query reads.

    Raises:
        ContractError: tables read one another in a circle.
    """
    derived = sorted(name for name, table in tables.items() if table.query)
    reads = {name: sorted(read_tables(tables[name].query) & set(derived)) for name in derived}
    try:
        return list(TopologicalSorter(reads).static_order())
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise ContractError(f"derived tables read one another in a circle: {circle}") from error


def check_portable(tables: Iterable[Table]) -> None:
    """Refuse a derived table whose query a cluster would answer differently.

    Raises:
        IndicatorError: the query is outside the portable subset; says where.
    """
    for table in tables:
        if table.query:
            read_query_in(table.path, table.query, is_table=True)


def read_tables(query: str) -> Names:
    """The tables that a query reads by bare name, its own named steps left out."""
    tree = _parsed(query)
    steps = {step.alias_or_name for step in tree.find_all(exp.CTE)}
    return frozenset(t.name for t in tree.find_all(exp.Table) if not t.db) - steps


@cache
def _parsed(query: str) -> exp.Expr:
    """The syntax tree of a query; nothing here changes it."""
    return parse_one(query, read="duckdb")


@dataclass(frozen=True, slots=True)
class Origin:
    """The exports behind a relation: behind its rows, and beside those behind each column."""

    rows: Names = NONE
    columns: Mapping[str, Names] = field(default_factory=dict)
    every_column: Names = NONE

    def of(self, column: str) -> Names:
        """The exports that a column adds to those of its rows."""
        return self.columns.get(column, NONE) | self.every_column

    def joined_left(self) -> "Origin":
        """The same relation where its rows decide nothing and its columns bring all it rests on."""
        return Origin(NONE, self.columns, self.rows | self.every_column)


def source_tables(tables: Mapping[str, Table]) -> dict[str, Names]:
    """The exports behind the tables of the model, by the names that `coverage` uses.

    Args:
        tables: contracts by table name.

    Returns:
        For each table that exports feed, directly or not, the fed tables behind it; and under
        `table.column` those behind a column that needs more than its table.
    """
    origins = {name: Origin(frozenset({name})) for name, table in tables.items() if table.version}
    for name in build_order(tables):
        if name not in WITHOUT_EXPORTS:
            origins[name] = _origin(_parsed(tables[name].query), origins)
    return {
        key: exports
        for name, origin in origins.items()
        for key, exports in [
            (name, origin.rows),
            *((f"{name}.{column}", beside) for column, beside in origin.columns.items()),
        ]
        if exports
    }


def _origin(query: exp.Expr, known: Mapping[str, Origin]) -> Origin:
    """The origin of a query, its named steps resolved first to last."""
    scope = dict(known)
    steps = query.args.get("with_")
    for step in steps.expressions if steps else ():
        scope[step.alias] = _origin(step.this, scope)
    if isinstance(query, exp.SetOperation):
        left, right = _origin(query.left, scope), _origin(query.right, scope)
        columns = {name: left.of(name) | right.of(name) for name in {*left.columns, *right.columns}}
        return Origin(left.rows | right.rows, columns)
    return _select_origin(query, scope)


def _select_origin(select: exp.Expr, scope: Mapping[str, Origin]) -> Origin:
    sources: dict[str, Origin] = {}
    deciding = [select.args[part] for part in DECIDING if select.args.get(part)]
    for join in _joins(select):
        origin = _source_origin(join.this, scope)
        if join.text("side") == "LEFT":
            origin = origin.joined_left()
        elif join.args.get("on"):
            deciding.append(join.args["on"])
        sources[join.this.alias_or_name] = origin
    rows = NONE.union(*(origin.rows for origin in sources.values()))
    for part in deciding:
        inner = (_origin(query, scope).rows for query in part.find_all(exp.Select))
        rows = rows.union(_read(part, sources), *inner)
    beside = {item.alias_or_name: _read(item, sources) - rows for item in select.expressions}
    return Origin(rows, {name: exports for name, exports in beside.items() if exports})


def _joins(select: exp.Expr) -> list[exp.Expr]:
    """What a `select` reads: its `from`, then its joins; the relation is the `this` of each."""
    begin = select.args.get("from_")
    return [*([begin] if begin else []), *(select.args.get("joins") or [])]


def _source_origin(source: exp.Expr, scope: Mapping[str, Origin]) -> Origin:
    if isinstance(source, exp.Subquery):
        return _origin(source.this, scope)
    return Origin() if source.args.get("db") else scope.get(source.name, Origin())


def _read(part: exp.Expr, sources: Mapping[str, Origin]) -> Names:
    """The exports behind the columns named in an expression; an unqualified one may be any's."""
    found: Names = NONE
    for column in part.find_all(exp.Column):
        for alias, origin in sources.items():
            if column.table in {"", alias}:
                found |= origin.of(column.name)
    return found
