"""The five words, and what each does for one test."""

from __future__ import annotations

import difflib
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from accord.core.errors import AccordError, ResourceError, UsageError
from accord.infra.postgres.database import Database
from accord.infra.postgres.isolation.cleaning import Cleaner
from accord.infra.postgres.isolation.pool import DatabasePool
from accord.infra.postgres.isolation.rollback import Kept, RolledBackDatabase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from accord.infra.postgres.database import DatabaseTemplate
    from accord.infra.postgres.making import DatabaseMaker

    Source: TypeAlias = "DatabaseTemplate | tuple[str, Callable[[str], None]] | None"

logger = logging.getLogger(__name__)

Word: TypeAlias = Literal["clone", "rollback", "schema", "truncate", "delete"]
WORDS: tuple[str, ...] = get_args(Word)
_Holder: TypeAlias = "DatabasePool | Kept | Cleaner | Database"


def check_word(word: object) -> None:
    """Refuse what is none of the five words.

    Raises:
        UsageError: with the nearest word.
    """
    if word in WORDS:
        return
    near = difflib.get_close_matches(str(word), WORDS, 1)
    raise UsageError(
        f"{word!r} is no way to isolate tests on PostgreSQL; "
        + (f"did you mean {near[0]!r}?" if near else f"there are {', '.join(WORDS)}.")
    )


class Isolation:
    """What tests on one server share: databases made ahead, and those that are used again and again.

    One test at a time uses it; parallel workers have one each.
    """

    def __init__(self, server: DatabaseMaker) -> None:
        self.server = server
        self._held: dict[tuple[str, str | None], _Holder] = {}
        self._templates: dict[str, DatabaseTemplate] = {}
        self._generation = server.generation

    @contextmanager
    def test(
        self, word: Word, source: Source = None, *, label: str = "test", restart_sequences: bool = False
    ) -> Iterator[Database | RolledBackDatabase]:
        """The database of one test, for as long as the block lasts.

        Args:
            word: how it is kept apart from others.
            source: what it starts from: a template, or the key and function to make one; empty by default.
            label: begins the name of what the test gets for itself.
            restart_sequences: with ``delete``, sequences go on where the migrations left them.

        Raises:
            UsageError: no such word, or a server that cannot do it.
            IsolationError: at the end: the test did what the word does not allow.
            ResourceError: the server refused.
        """
        check_word(word)
        if restart_sequences and word != "delete":
            raise UsageError(f"restart_sequences belongs to 'delete'; {word!r} leaves no sequence changed anyway")
        self.server.start()  # an earlier test may have stopped, killed or paused it
        self._forget_what_is_gone()
        if word == "schema" or not self.server.makes_databases:
            with self._schema(source, label) as schema:
                yield schema
            return
        template = self._template(source)
        if word == "clone":
            pool = self._hold(word, template, lambda: DatabasePool(self.server, template))
            database = pool.take(label)
            try:
                yield database
            finally:
                pool.give_back(database)
        elif word == "rollback":
            with self._rolled_back(template) as rolled_back:
                yield rolled_back
        else:
            with self._cleaned(word, template, restart_sequences=restart_sequences) as database:
                yield database

    def close(self) -> None:
        """Let go of everything. Databases are dropped where the server outlives this process's tests."""
        for holder in self._held.values():
            _release(holder, drop=self.server.is_lasting)
        self._held.clear()

    @contextmanager
    def _rolled_back(self, template: DatabaseTemplate | None) -> Iterator[RolledBackDatabase]:
        kept = self._hold("rollback", template, lambda: Kept(self._make("rollback", template)))
        database = RolledBackDatabase(kept)
        problem = None
        try:
            yield database
        finally:
            problem = database.end()
            if database.is_spoilt:
                self._drop("rollback", template)
        if problem is not None:  # the test has its own outcome; where that is good, this must be seen all the same
            raise problem

    @contextmanager
    def _cleaned(self, word: Word, template: DatabaseTemplate | None, *, restart_sequences: bool) -> Iterator[Database]:
        cleaner = self._hold(word, template, lambda: Cleaner(self._make(word, template)))
        try:
            yield cleaner.database
        finally:
            try:
                if word == "truncate":
                    cleaner.truncate()
                else:
                    cleaner.delete(restart_sequences=restart_sequences)
            except BaseException:
                self._drop(word, template)  # the next test gets a new one
                raise

    @contextmanager
    def _schema(self, source: Source, label: str) -> Iterator[Database]:
        home = self._hold("schema", None, lambda: self._make("schemas", None)) if self.server.makes_databases else None
        prepare = source[1] if isinstance(source, tuple) else source.prepare if source else None
        name = self.server.new_name(label)
        database = Database(self.server, home.name if home else self.server.home, name)
        self.server.connected().create_schema(name, self.server.url_of(database.name))
        try:
            if prepare is not None:
                _prepare(database, prepare)
            yield database
        finally:
            _drop_quietly(database)

    def _template(self, source: Source) -> DatabaseTemplate | None:
        if not isinstance(source, tuple):
            return source
        key = source[0]
        if key not in self._templates:
            self._templates[key] = self.server.template(*source)
        return self._templates[key]

    def _make(self, label: str, template: DatabaseTemplate | None) -> Database:
        return self.server.database(template, label=label)

    def _hold(self, word: str, template: DatabaseTemplate | None, make: Callable[[], Any]) -> Any:
        key = (word, template.name if template else None)
        if key not in self._held:
            self.server.refuse_foreign(template)
            self._held[key] = make()
        return self._held[key]

    def _drop(self, word: str, template: DatabaseTemplate | None) -> None:
        holder = self._held.pop((word, template.name if template else None), None)
        if holder is not None:
            _release(holder, drop=True)

    def _forget_what_is_gone(self) -> None:
        """Where a test has stopped the server, the next one finds a new one, with nothing in it."""
        if self._generation != self.server.generation:
            for holder in self._held.values():
                _release(holder, drop=False)
            self._held.clear()
            self._templates.clear()
            self._generation = self.server.generation


def _release(holder: _Holder, *, drop: bool) -> None:
    if isinstance(holder, DatabasePool):
        holder.close(drop=drop)
        return
    if not isinstance(holder, Database):
        holder.close()
    if drop:
        _drop_quietly(holder if isinstance(holder, Database) else holder.database)


def _drop_quietly(database: Database) -> None:
    """Never turn the test's outcome into an error: the name is unique, and what is left is swept later."""
    try:
        database.drop()
    except AccordError as error:
        logger.warning("%s was not dropped: %s", database.schema or database.name, error)


def _prepare(database: Database, prepare: Callable[[str], None]) -> None:
    try:
        prepare(database.url)
    except Exception as error:
        raise ResourceError(
            f"the schema {database.schema} could not be prepared: {type(error).__name__}: {error}. What prepares it "
            "must leave the search path alone, and name no schema."
        ) from error
