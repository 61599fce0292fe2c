"""What is in a database: its tables in the order of their foreign keys, and the rows the migrations have put there."""

from __future__ import annotations

from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, LiteralString

if TYPE_CHECKING:
    import psycopg

SEEDS = "accord_seeds"  # the schema where the migrations' rows are kept, to be put back

_TABLES: LiteralString = """
    SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', %s) AND n.nspname NOT LIKE 'pg\\_%%'
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                                                  AND d.deptype = 'e')
    ORDER BY n.nspname, c.relname"""
# A key between partitions counts for the tables they are parts of.
_KEYS: LiteralString = """
    SELECT DISTINCT coalesce(pg_partition_root(conrelid), conrelid)::oid,
                    coalesce(pg_partition_root(confrelid), confrelid)::oid
    FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid"""
_COLUMNS: LiteralString = """
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"""
_SEQUENCES: LiteralString = """
    SELECT format('%%I.%%I', schemaname, sequencename), start_value, last_value FROM pg_sequences
    WHERE schemaname <> %s"""


@dataclass(frozen=True)
class Table:
    """A table, with its name quoted as SQL wants it.

    Attributes:
        seeds: the statement that puts the migrations' rows back; None where they left it empty.
    """

    name: str
    seeds: str | None = None


@dataclass(frozen=True)
class Inventory:
    """All tables of a database, those that refer to others before them, and its sequences.

    Attributes:
        sequences: quoted name -> (start, value when the migrations were done or None for unused).
    """

    tables: list[Table]
    sequences: dict[str, tuple[int, int | None]] = field(default_factory=dict)

    @property
    def seeded(self) -> list[Table]:
        """Those that the migrations filled, in the order in which they can be filled again."""
        return [table for table in reversed(self.tables) if table.seeds]


def take_inventory(connection: psycopg.Connection[Any]) -> Inventory:
    """Look at a database just copied from its template, and keep a copy of each row in it."""
    names: dict[int, str] = {}
    for number, schema, name in connection.execute(_TABLES, [SEEDS]).fetchall():
        names[number] = f"{_quoted(schema)}.{_quoted(name)}"
    keys = [(one, other) for one, other in connection.execute(_KEYS).fetchall() if one in names and other in names]
    tables = [_keep_rows(connection, number, names[number]) for number in _in_order(names, keys)]
    sequences = {name: (start, last) for name, start, last in connection.execute(_SEQUENCES, [SEEDS]).fetchall()}
    return Inventory(tables, sequences)


def _in_order(names: dict[int, str], keys: list[tuple[int, int]]) -> list[int]:
    """Tables that refer to others before those. In a circle any order will do: one statement empties them."""
    sorter: TopologicalSorter[int] = TopologicalSorter({number: set() for number in names})
    for one, other in keys:
        sorter.add(other, one)
    try:
        return list(sorter.static_order())
    except CycleError:
        return list(names)


def _keep_rows(connection: psycopg.Connection[Any], number: int, name: str) -> Table:
    filled = connection.execute(f"SELECT EXISTS (SELECT 1 FROM {name})").fetchone()  # noqa: S608 - quoted
    if filled is None or not filled[0]:
        return Table(name)
    row = connection.execute(_COLUMNS, [number]).fetchone()
    columns = row[0] if row else "*"
    kept = f"{SEEDS}.table_{number}"
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SEEDS}")
    connection.execute(f"CREATE TABLE {kept} AS SELECT {columns} FROM {name}")  # noqa: S608 - quoted
    back = f"INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {kept}"  # noqa: S608 - quoted
    return Table(name, back)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
