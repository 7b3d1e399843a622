"""Counting units are types: 件, 件次, 批次 and 人次 are different things and are never added.

Each table says what one of its rows counts (`counts`), and its columns have units. From there the
unit of what an indicator counts follows through its query: a column has its own unit, arithmetic
keeps it, and a number beside it is of the same unit (`coalesce(persons, 1)`); a number alone counts
rows of the table that its select reads. Where no unit is known
(rows that were grouped or picked out of several, products, columns without a unit) nothing is
claimed. How the query is allowed to look is in `portable`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, build_scope

from pipelines.contract import ContractError, Table
from pipelines.engine.indicator import Indicator, Kind
from pipelines.portable import IndicatorError, line_of, read_query
from pipelines.words import Lang

# The units that are counted; their words are those of `units` (domain: 件, 件次, 批次 and so on).
COUNTING_UNITS = (
    *("case", "submission", "batch", "person_time", "mixed_volume", "problem"),
    *("leader_person_visit", "visit_event"),
)
UNKNOWN, NUMBER = "", "a number"
_KEEPS_UNIT = (
    *(exp.Cast, exp.Coalesce, exp.Greatest, exp.Least, exp.Nullif, exp.Abs, exp.Paren, exp.Neg),
    *(exp.Sum, exp.Min, exp.Max),
)
_TERMS = ("numerator", "denominator", "amount")


def check_counting(
    indicators: Iterable[Indicator],
    tables: Mapping[str, Table],
    words: Mapping[str, Mapping[Lang, str]],
) -> None:
    """Refuse tables whose unit is no counting unit, and indicators that add two kinds.

    Args:
        indicators: the definitions.
        tables: contracts of the tables that they read.
        words: the words of the product, of which `units.<unit>` are the names of units.

    Raises:
        ContractError: `counts` of a table is not one of `COUNTING_UNITS`.
        IndicatorError: an indicator adds two units, or counts another unit than its header says.
    """
    for table in tables.values():
        if table.counts and table.counts not in COUNTING_UNITS:
            raise ContractError(
                f"{table.path.name}: `counts` is `{table.counts}`; expected one of "
                f"{', '.join(COUNTING_UNITS)}"
            )
    names = {key.removeprefix("units."): word for key, word in words.items() if "units." in key}
    ids = {word[Lang.ZH]: unit for unit, word in names.items()}
    for indicator in indicators:
        if indicator.query:
            _Reading(indicator.path, _first_line(indicator), tables, ids).check(indicator)


def _first_line(indicator: Indicator) -> int:
    """The line of the file on which the query begins."""
    text = indicator.path.read_text(encoding="utf-8")
    return text[: text.rindex(indicator.query)].count("\n") + 1


@dataclass(frozen=True, slots=True)
class _Reading:
    """One query beside the contracts of what it reads; `ids` are units by their Chinese name."""

    path: Path
    first_line: int
    tables: Mapping[str, Table]
    ids: Mapping[str, str]

    def check(self, indicator: Indicator) -> None:
        tree = read_query(self.path, indicator.query)
        scope = cast("Scope", build_scope(tree))
        found: dict[tuple[str, str], list[tuple[exp.Expr, str]]] = {}
        for branch in _branches(scope):
            measure = _measure_of(branch) or indicator.headline.name
            for term, node, unit in self._terms(branch, indicator.kind):
                found.setdefault((measure, term), []).append((node, unit))
        for (measure, term), parts in found.items():
            unit = self._one(parts, f"{term} of measure `{measure}`")
            self._hold_against_header(indicator, measure, term, parts[0][0], unit)

    def _terms(self, branch: Scope, kind: Kind) -> Iterator[tuple[str, exp.Expr, str]]:
        if kind is Kind.STOCK:
            yield "numerator", branch.expression, self._rows(branch)
        for node in _select(branch).selects:
            if node.alias_or_name in _TERMS:
                yield node.alias_or_name, node, self._of_output(node, branch)

    def _hold_against_header(
        self, indicator: Indicator, measure: str, term: str, node: exp.Expr, unit: str
    ) -> None:
        """What is counted, or what an amount is made of, has the unit that the header gives it."""
        said = {each.name: each.unit for each in indicator.measures}.get(measure, unit)
        is_shown = (
            indicator.kind in {Kind.COUNT, Kind.STOCK, Kind.QUANTILE} and term != "denominator"
        )
        if is_shown and unit not in {UNKNOWN, said}:
            raise IndicatorError(
                f"{self._place(node)}: measure `{measure}` has unit `{said}` in the header, but "
                f"the query counts `{unit}`; write the unit that is counted"
            )

    def _place(self, node: exp.Expr) -> str:
        return f"{self.path.name}, line {self.first_line + line_of(node) - 1}"

    def _one(self, parts: Iterable[tuple[exp.Expr, str]], what: str) -> str:
        """The one unit of several parts, unknown ones aside."""
        parts = list(parts)
        known = [(node, unit) for node, unit in parts if unit not in {UNKNOWN, NUMBER}]
        for node, unit in known[1:]:
            if unit != known[0][1]:
                raise IndicatorError(
                    f"{self._place(node)}: {what} adds `{unit}` to `{known[0][1]}`; different "
                    "counting units are never added: give each a measure of its own"
                )
        if known:
            return known[0][1]
        return NUMBER if any(unit == NUMBER for _, unit in parts) else UNKNOWN

    def _of_output(self, node: exp.Expr, scope: Scope) -> str:
        """The unit of what a select returns, where a number alone counts its rows."""
        unit = self._unit(node.unalias(), scope)
        return self._rows(scope) if unit == NUMBER else unit

    def _unit(self, node: exp.Expr, scope: Scope) -> str:
        """The unit of an expression."""
        match node:
            case exp.Column():
                return self._column(node, scope)
            case exp.Literal():
                return NUMBER if node.is_number and float(node.name) else UNKNOWN
            case exp.Count():
                is_of_rows = not isinstance(node.this, exp.Distinct)
                return self._rows(scope) if is_of_rows else UNKNOWN
            case exp.DateDiff():
                return "day"
            case exp.Mul():
                factors = [f for f in (node.left, node.right) if not isinstance(f, exp.Literal)]
                return self._unit(factors[0], scope) if len(factors) == 1 else UNKNOWN
            case _:
                parts = [(part, self._unit(part, scope)) for part in _parts(node)]
                return self._one(parts, f"`{node.sql()}`")

    def _column(self, column: exp.Column, scope: Scope) -> str:
        """The unit of a column, looked up where it comes from."""
        for name, source in scope.sources.items():
            if column.table in {"", name}:
                unit = (
                    self._of_step(column.name, source)
                    if isinstance(source, Scope)
                    else self._of_table(column.name, source.name)
                )
                if unit is not None:
                    return unit
        return UNKNOWN

    def _of_step(self, name: str, step: Scope) -> str | None:
        branches = list(_branches(step))
        names = _select(branches[0]).named_selects
        if name not in names:
            return None
        nodes = [(_select(branch).selects[names.index(name)], branch) for branch in branches]
        return self._one(
            ((node, self._of_output(node, branch)) for node, branch in nodes), f"`{name}`"
        )

    def _of_table(self, name: str, table: str) -> str | None:
        columns = {c.name: c for c in self.tables[table].columns} if table in self.tables else {}
        if name not in columns:
            return None
        return self.ids.get(columns[name].unit, columns[name].unit)

    def _rows(self, scope: Scope) -> str:
        """What one row of a select counts: a row of what it reads first."""
        select = scope.expression
        source = next(iter(scope.sources.values()), None)
        if select.args.get("group") or select.args.get("distinct") or source is None:
            return UNKNOWN
        if isinstance(source, exp.Table):
            return self.tables[source.name].counts if source.name in self.tables else UNKNOWN
        if source.expression.find(exp.RowNumber):
            return UNKNOWN
        branches = _branches(source)
        return self._one(((b.expression, self._rows(b)) for b in branches), "a union")


def _branches(scope: Scope) -> Iterator[Scope]:
    """The selects that a query puts under each other."""
    if not scope.set_operation_scopes:
        yield scope
    for part in scope.set_operation_scopes:
        yield from _branches(part)


def _select(scope: Scope) -> exp.Query:
    return cast("exp.Query", scope.expression)


def _measure_of(branch: Scope) -> str:
    """The measure that a select writes, where it is a literal."""
    found = [node.unalias() for node in _select(branch).selects if node.alias == "measure"]
    return found[0].name if found and isinstance(found[0], exp.Literal) else ""


def _parts(node: exp.Expr) -> list[exp.Expr]:
    """The parts whose unit an expression keeps; of a case its values, not its conditions."""
    if isinstance(node, exp.Add | exp.Sub):
        return [node.left, node.right]
    if isinstance(node, exp.Window | exp.Filter):
        return [node.this]
    if isinstance(node, exp.Case):
        values = [branch.args["true"] for branch in node.args["ifs"]]
        return [*values, *filter(None, [node.args.get("default")])]
    if isinstance(node, _KEEPS_UNIT):
        return [part for part in (node.this, *node.expressions) if isinstance(part, exp.Expr)]
    return []
