"""Does a query do what it was indexed for? ``assert_plan`` runs it and reads the plan the server has used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.infra.postgres.connections import psycopg_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True)
class Plan:
    """What the server did for a query.

    Attributes:
        indexes: names of the indexes it used.
        scanned: names of the tables it read from end to end.
        rows: how many rows the query gave.
        read: how many rows it looked at in tables and indexes, those it threw away included.
        milliseconds: how long it took, planning not included.
        lines: the plan, to be read by people.
    """

    indexes: frozenset[str]
    scanned: frozenset[str]
    rows: int
    read: int
    milliseconds: float
    lines: str


def assert_plan(
    target: Any,
    statement: Any,
    parameters: Sequence[Any] | Mapping[str, Any] | None = None,
    *,
    uses_index: str | None = None,
    no_seq_scan_on: str | Sequence[str] = (),
    max_rows: int | None = None,
    max_read: int | None = None,
    max_ms: float | None = None,
) -> Plan:
    """Run a query under EXPLAIN ANALYZE and compare its plan; what it writes is rolled back.

    A table of few rows is always read from end to end: fill it first (``copy_rows``), or the plan says nothing.

    Args:
        target: where, as for ``copy_rows``.
        statement: SQL with ``%s`` or ``%(name)s``, or a statement of SQLAlchemy.
        parameters: its values.
        uses_index: the index that must be used.
        no_seq_scan_on: tables that must not be read from end to end.
        max_rows: the most rows it may give.
        max_read: the most rows it may look at, given or thrown away.
        max_ms: how long it may take, in milliseconds; a figure of a test machine, so leave room.

    Returns:
        The plan.

    Raises:
        AssertionError: with what was expected, what was seen, and the plan.
        UsageError: the target is of no such kind.
    """
    plan = explain(target, statement, parameters)
    forbidden = [no_seq_scan_on] if isinstance(no_seq_scan_on, str) else list(no_seq_scan_on)
    problems = [*_index_problems(plan, uses_index, forbidden), *_size_problems(plan, max_rows, max_read, max_ms)]
    if problems:
        raise AssertionError("\n".join([*problems, "The plan:", plan.lines]))
    return plan


def explain(target: Any, statement: Any, parameters: Sequence[Any] | Mapping[str, Any] | None = None) -> Plan:
    """Run a query under EXPLAIN ANALYZE, roll back what it wrote, and give its plan."""
    text, values = _rendered(statement, parameters)
    with psycopg_of(target) as connection, connection.transaction(force_rollback=True):
        query: Any = f"EXPLAIN (ANALYZE, FORMAT JSON) {text}"
        row = connection.execute(query, values).fetchone()
    assert row is not None  # noqa: S101 - EXPLAIN gives one row
    document = next(iter(row.values())) if isinstance(row, dict) else row[0]
    return _plan(document[0])


def _rendered(statement: Any, parameters: Any) -> tuple[str, Any]:
    if isinstance(statement, str):
        return statement, parameters
    from sqlalchemy.dialects.postgresql import psycopg as dialect  # noqa: PLC0415 - who has a statement of it has it

    spoken: Any = dialect.dialect
    compiled = statement.compile(dialect=spoken(), compile_kwargs={"render_postcompile": True})
    processed = compiled.construct_params(parameters or {})
    processors = compiled._bind_processors  # noqa: SLF001 - as the engine does; values of custom types need it
    return str(compiled), {
        name: processors[name](value) if name in processors else value for name, value in processed.items()
    }


def _plan(document: dict[str, Any]) -> Plan:
    root = document["Plan"]
    nodes = [node for node, _ in _walk(root, 0)]
    return Plan(
        indexes=frozenset(node["Index Name"] for node in nodes if "Index Name" in node),
        scanned=frozenset(node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"),
        rows=_times(root, root["Actual Rows"]),
        read=sum(_read(node) for node in nodes if "Relation Name" in node),
        milliseconds=float(document["Execution Time"]),
        lines="\n".join(_line(node, depth) for node, depth in _walk(root, 0)),
    )


def _walk(node: dict[str, Any], depth: int) -> Iterator[tuple[dict[str, Any], int]]:
    yield node, depth
    for inner in node.get("Plans", []):
        yield from _walk(inner, depth + 1)


def _times(node: dict[str, Any], rows: float) -> int:
    """Rows are told for one loop."""
    return round(rows * float(node["Actual Loops"]))


def _read(node: dict[str, Any]) -> int:
    removed = sum(node.get(key, 0) for key in ("Rows Removed by Filter", "Rows Removed by Index Recheck"))
    return _times(node, node["Actual Rows"] + removed)


def _line(node: dict[str, Any], depth: int) -> str:
    where = [f"on {node['Relation Name']}"] if "Relation Name" in node else []
    where += [f"by {node['Index Name']}"] if "Index Name" in node else []
    conditions = [f"{key}: {node[key]}" for key in ("Index Cond", "Filter", "Hash Cond", "Join Filter") if key in node]
    thrown = [f"thrown away: {node['Rows Removed by Filter']}"] if "Rows Removed by Filter" in node else []
    facts = [f"rows {_times(node, node['Actual Rows'])}", f"expected {node['Plan Rows']}", *thrown]
    return f"{'  ' * depth}  {' '.join([node['Node Type'], *where])} ({', '.join([*facts, *conditions])})"


def _index_problems(plan: Plan, uses_index: str | None, forbidden: Sequence[str]) -> list[str]:
    problems = []
    if uses_index is not None and uses_index not in plan.indexes:
        used = ", ".join(sorted(plan.indexes)) or "none"
        problems.append(f"expected the index {uses_index} to be used; used: {used}.")
    if read := sorted(plan.scanned & set(forbidden)):
        problems.append(f"expected no scan of {', '.join(read)} from end to end; there was one.")
    return problems


def _size_problems(plan: Plan, max_rows: int | None, max_read: int | None, max_ms: float | None) -> list[str]:
    problems = []
    if max_rows is not None and plan.rows > max_rows:
        problems.append(f"expected at most {max_rows} rows; it gave {plan.rows}.")
    if max_read is not None and plan.read > max_read:
        problems.append(f"expected at most {max_read} rows to be looked at; it looked at {plan.read}.")
    if max_ms is not None and plan.milliseconds > max_ms:
        problems.append(f"expected at most {max_ms:g} ms; it took {plan.milliseconds:.2f} ms.")
    return problems
