"""Which exports stand behind a table, and behind a column that draws on more of them.

Read off the queries: what decides whether a row is there (`from`, inner joins, conditions) stands
behind the whole table; what is joined on the left stands only behind the columns taken from it.
So the number of visits needs no announcements, and the days of notice do.

`periods` and `coverage` tell of which days something is known, not what happened on them, so
no export stands behind what is read from them; nor behind reference tables.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from sqlglot import exp, parse_one

from pipelines.engine.contract import Table

Names = frozenset[str]
NONE: Names = frozenset()
WITHOUT_EXPORTS = frozenset({"periods", "coverage"})


@dataclass(frozen=True, slots=True)
class Origin:
    """The exports behind the rows of a relation, and those behind its columns beside them."""

    rows: Names = NONE
    columns: Mapping[str, Names] = field(default_factory=dict)

    def of(self, column: str) -> Names:
        """The exports that a column adds to those of its rows."""
        return self.columns.get(column, NONE)


def source_tables(tables: Mapping[str, Table], order: list[str]) -> dict[str, Names]:
    """The exports behind the tables of the model, by the names that `coverage` uses.

    Args:
        tables: contracts by table name.
        order: the derived tables, each after those that it reads.

    Returns:
        For each table that exports feed, directly or not, the fed tables behind it; and under
        `table.column` those behind a column that needs more than its table.
    """
    origins = {name: Origin(frozenset({name})) for name, table in tables.items() if table.version}
    for name in order:
        if name not in WITHOUT_EXPORTS:
            origins[name] = _origin(parse_one(tables[name].query, read="duckdb"), origins)
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
    for step in cast("list[exp.CTE]", query.args["with_"].expressions if query.args.get("with_") else []):
        scope[step.alias] = _origin(step.this, scope)
    if isinstance(query, exp.SetOperation):
        left, right = _origin(query.left, scope), _origin(query.right, scope)
        return Origin(
            left.rows | right.rows,
            {name: left.of(name) | right.of(name) for name in {*left.columns, *right.columns}},
        )
    if isinstance(query, exp.Subquery):
        return _origin(query.this, scope)
    return _select_origin(cast("exp.Select", query), scope)
