"""The arms of an indicator's query, each with the keys of the rows that it reads.

A query returns facts without keys, so that nothing about a single matter can come into a release.
To lead a fact back to the exports, each arm of the query (what `union all` puts together) is
written once more and also returns the keys of the rows that it reads, under names of their own.
Which facts count in a figure, and which records have those keys, is asked in `records`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from pipelines.contract import Table
from pipelines.engine.indicator import Indicator
from pipelines.portable import DIALECT, columns_mentioned, read_query, tables_read

MARK = "key_"  # before the name of a key among the columns of a fact


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of a query: the indicator of its facts alone, and the keys that they carry."""

    indicator: Indicator
    keys: tuple[str, ...]


def single_keys(tables: Mapping[str, Table]) -> frozenset[str]:
    """The columns that alone are the key of a table that exports feed, such as `case_id`."""
    return frozenset(t.key[0] for t in tables.values() if t.version and len(t.key) == 1)


def key_of(table: Table, keys: tuple[str, ...], single: frozenset[str]) -> tuple[str, ...]:
    """The columns by which rows of a fed table are found from the keys of a fact; none if by none.

    A record is the fact's own where the fact carries the whole key of its table; else it belongs to
    what the fact counts (a step to its submission) and is found by the keys that it refers to.
    """
    if set(table.key) <= set(keys):
        return table.key
    return tuple(c.name for c in table.columns if c.name in single and c.name in keys)


def read_arms(indicator: Indicator, tables: Mapping[str, Table]) -> Iterator[Arm]:
    """The arms of an indicator's query; `by` of each ends with the names of its keys.

    Args:
        indicator: a definition with a query.
        tables: every contract by name.
    """
    tree = read_query(indicator.path, indicator.query)
    steps: dict[str, exp.Query] = {step.alias: step.this for step in tree.ctes}
    for select in _selects(tree):
        carrier = _Carrier(tables, steps)
        arm = _named(select, tree.named_selects)
        keys = carrier.carry(arm)
        parts: list[exp.Query] = [*carrier.kept.values(), arm]
        written = ", ".join(f"{n} as ({q.sql(DIALECT)})" for n, q in carrier.kept.items())
        own = replace(
            indicator,
            query=f"{f'with {written} ' if written else ''}{arm.sql(DIALECT)}",
            by=(*indicator.by, *(MARK + key for key in keys)),
            reads=frozenset[str]().union(*map(tables_read, parts)) - steps.keys(),
            mentions=frozenset[str]().union(*map(columns_mentioned, parts)),
        )
        yield Arm(own, keys)


def _selects(query: exp.Expr) -> Iterator[exp.Select]:
    """What a query unites, first to last."""
    if isinstance(query, exp.SetOperation):
        yield from _selects(query.left)
        yield from _selects(query.right)
    elif isinstance(query, exp.Select):
        yield query


def _named(select: exp.Select, names: list[str]) -> exp.Select:
    """A copy without the named steps, its columns called as those of the first arm are."""
    own = select.copy()
    own.set("with_", None)
    named = [
        item if item.alias_or_name == name else exp.alias_(item, name)
        for item, name in zip(own.expressions, names, strict=True)
    ]
    own.set("expressions", named)
    return own


class _Carrier:
    """Lets selects return the keys of the rows that they read, through the steps before them.

    `kept` holds the steps that an arm stands on, each after those that it reads.
    """

    def __init__(self, tables: Mapping[str, Table], steps: Mapping[str, exp.Query]) -> None:
        self._tables, self._steps = tables, steps
        fed = [table for table in tables.values() if table.version]
        self._keys = frozenset(name for table in fed for name in table.key)
        self._carried: dict[str, tuple[str, ...]] = {}
        self.kept: dict[str, exp.Query] = {}

    def carry(self, query: exp.Query) -> tuple[str, ...]:
        """Add the keys to what a query returns; none where its rows are groups, or arms again."""
        for table in query.find_all(exp.Table):
            self._keep(table.name)
        if not isinstance(query, exp.Select) or query.args.get("group"):
            return ()
        found: dict[str, exp.Expr] = {}
        for source in _sources(query):
            for key, column in self._offered(source.name).items():
                found.setdefault(key, exp.column(column, table=source.alias_or_name))
        for key, column in found.items():
            query.select(exp.alias_(column, MARK + key), copy=False)
        return tuple(found)

    def _keep(self, name: str) -> None:
        if name in self._steps and name not in self._carried:
            step = self._steps[name].copy()
            self._carried[name] = self.carry(step)
            self.kept[name] = step

    def _offered(self, name: str) -> dict[str, str]:
        """The keys in a relation, and the columns in which they stand."""
        if name in self._steps:
            return {key: MARK + key for key in self._carried[name]}
        columns = self._tables[name].columns if name in self._tables else ()
        return {column.name: column.name for column in columns if column.name in self._keys}


def _sources(select: exp.Select) -> Iterator[exp.Table]:
    """The relations in `from` and joins."""
    begin = select.args.get("from_")
    for clause in [*([begin] if begin else []), *(select.args.get("joins") or [])]:
        if isinstance(clause.this, exp.Table):
            yield clause.this
