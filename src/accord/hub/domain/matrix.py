"""The matrix: which consumer version was verified by which provider version, and what a question about it asks for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LatestBy = Literal["cvp", "cvpv", "cp"]

NO_VERSION = -1
"""The id of a version that a selector asks for and that is not there."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which versions of a participant are meant; nothing set means all.

    Attributes:
        version: a number.
        latest: only the latest of what the rest says.
        tag: versions with a tag.
        branch: versions on a branch.
        main_branch: versions on the participant's main branch.
        environment: versions deployed to it, or released in it and supported.
    """

    version: str | None = None
    latest: bool = False
    tag: str | None = None
    branch: str | None = None
    main_branch: bool = False
    environment: str | None = None

    def __bool__(self) -> bool:
        return any((self.version, self.latest, self.tag, self.branch, self.main_branch, self.environment))


@dataclass(frozen=True, slots=True)
class MatrixSelector:
    """A participant and which of its versions."""

    participant: str
    criteria: Criteria = Criteria()


@dataclass(frozen=True, slots=True)
class MatrixOptions:
    """What a question says beside its selectors.

    Attributes:
        latest_by: of the rows that are the same in consumer, its version, provider (and its version) only the newest.
        others: which versions of the participants count that no selector names; None: there is no such wish.
        success: only rows with these outcomes; None is unknown.
        limit: most rows.
        ignore: participants or versions whose rows do not count.
    """

    latest_by: LatestBy | None = None
    others: Criteria = Criteria()
    success: tuple[bool | None, ...] = ()
    limit: int | None = None
    ignore: tuple[MatrixSelector, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """A selector with one version found for it.

    Attributes:
        version_id: None for all versions, NO_VERSION where there is none.
        specified: asked for by name; else it follows from the contracts of those that were.
        one_of_many: the selector found more versions.
    """

    participant: str
    participant_id: int
    criteria: Criteria
    version_id: int | None = None
    number: str | None = None
    specified: bool = True
    ignored: bool = False
    one_of_many: bool = False

    @property
    def exists(self) -> bool:
        """Whether there is such a version."""
        return self.version_id != NO_VERSION


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A pact and a verification of it, or the lack of one.

    Attributes:
        missing_version_id: the provider's version that should have verified and did not, where one was asked for.
        revision: how often the version's pact was published, each time with another content.
    """

    pact_id: int
    consumer_id: int
    consumer: str
    consumer_version_id: int
    consumer_version: str
    provider_id: int
    provider: str
    content_id: int
    sha: str
    published_at: int
    revision: int = 1
    provider_version_id: int | None = None
    provider_version: str | None = None
    verification_id: int | None = None
    success: bool | None = None
    verified_at: int | None = None
    ignored: bool = False
    missing_version_id: int | None = None


@dataclass(frozen=True, slots=True)
class Integration:
    """A consumer and a provider; required: the consumer is asked about, so the provider has to be there."""

    consumer_id: int
    consumer: str
    provider_id: int
    provider: str
    required: bool


@dataclass(frozen=True, slots=True)
class MatrixResult:
    """Rows, newest first, with what they were found for."""

    rows: tuple[MatrixRow, ...]
    selectors: tuple[Resolved, ...]
    ignore: tuple[Resolved, ...] = ()
    integrations: tuple[Integration, ...] = ()
    options: MatrixOptions = field(default_factory=MatrixOptions)

    @property
    def considered(self) -> tuple[MatrixRow, ...]:
        """The rows that count."""
        return tuple(row for row in self.rows if not row.ignored)

    @property
    def ignored(self) -> tuple[MatrixRow, ...]:
        """The rows that do not."""
        return tuple(row for row in self.rows if row.ignored)


class MatrixQueryError(ValueError):
    """A question that makes no sense; has all that is wrong with it."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


def read_query(query: Mapping[str, Any]) -> tuple[list[MatrixSelector], MatrixOptions]:
    """The question in the parameters of ``/matrix``.

    Raises:
        MatrixQueryError: a selector without a name, or one that contradicts itself.
    """
    errors: list[str] = []
    selectors = _selectors(query.get("q"), errors)
    if not selectors and not errors:
        errors.append("Please provide 1 or more version selectors.")
    ignore = _selectors(query.get("ignore"), errors)
    others = _criteria(query)
    latest_by = query.get("latestby") or None
    if latest_by not in {None, "cvp", "cvpv", "cp"}:
        errors.append(f"latestby must be cvp, cvpv or cp, not {latest_by!r}")
    limit = query.get("limit") or None
    if limit is not None and (not str(limit).isdecimal() or int(limit) < 1):
        errors.append("The limit must be 1 or greater.")
    if others.environment and others.tag:
        errors.append("Cannot specify both a 'to' tag and an environment.")
    if others.environment and others.latest:
        errors.append("Cannot specify both latest=true and an environment.")
    if errors:
        raise MatrixQueryError(errors)
    return selectors, MatrixOptions(
        latest_by=latest_by,
        others=others,
        success=_outcomes(query.get("success")),
        limit=int(limit) if limit is not None else None,
        ignore=tuple(ignore),
    )


def _selectors(given: Any, errors: list[str]) -> list[MatrixSelector]:
    if given is None:
        return []
    found = []
    for item in given if isinstance(given, list) else [given]:
        name = item.get("pacticipant") if isinstance(item, dict) else None
        if not isinstance(name, str) or not name:
            errors.append("Please specify the pacticipant name")
            continue
        criteria = _criteria(item, number=item.get("version") or None)
        if criteria.version and criteria.latest:
            errors.append(f"A version number and latest flag cannot both be specified for {name}")
        if criteria.version and criteria.tag:
            errors.append(f"A version number and tag cannot both be specified for {name}")
        if criteria.version and (criteria.branch or criteria.main_branch):
            errors.append(f"A version number and branch cannot both be specified for {name}")
        found.append(MatrixSelector(name, criteria))
    return found


def _criteria(given: Mapping[str, Any], number: str | None = None) -> Criteria:
    def text(name: str) -> str | None:
        value = given.get(name)
        return value if isinstance(value, str) and value else None

    return Criteria(
        version=number if isinstance(number, str) else None,
        latest=given.get("latest") == "true",
        tag=text("tag"),
        branch=text("branch"),
        main_branch=given.get("mainBranch") == "true",
        environment=text("environment"),
    )


def _outcomes(given: Any) -> tuple[bool | None, ...]:
    if given is None:
        return ()
    values = given if isinstance(given, list) else [given]
    return tuple(None if value in {"", None} else value == "true" for value in values)


def arranged(rows: Iterable[MatrixRow], options: MatrixOptions) -> list[MatrixRow]:
    """The rows in order, newest first, with only those that the options want."""
    ordered = sorted(rows, key=_recency, reverse=True)
    ordered = _only_latest(ordered, options.latest_by)
    if options.success:
        ordered = [row for row in ordered if row.success in options.success]
    return ordered[: options.limit] if options.limit is not None else ordered


def _recency(row: MatrixRow) -> tuple[int, int, int, int]:
    return max(row.published_at, row.verified_at or 0), row.pact_id, row.revision, row.verification_id or 0


def _only_latest(rows: list[MatrixRow], by: LatestBy | None) -> list[MatrixRow]:
    if by is None:
        return rows
    seen: set[tuple[object, ...]] = set()
    kept = []
    for row in rows:
        key: tuple[object, ...] = (row.consumer_id, row.provider_id)
        if by != "cp":
            key += (row.consumer_version_id,)
        if row.provider_version_id is None:
            # What has to be verified and is not never gives way to what was.
            key += (row.consumer_version_id, "missing", row.missing_version_id)
        elif by == "cvpv":
            key += (row.provider_version_id,)
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return kept


def mark_ignored(rows: Iterable[MatrixRow], ignore: Iterable[Resolved]) -> list[MatrixRow]:
    """The rows, those of ignored participants and versions marked."""
    wholly = {each.participant_id for each in ignore if each.version_id is None}
    versions = {each.version_id for each in ignore if each.version_id not in {None, NO_VERSION}}
    if not wholly and not versions:
        return list(rows)
    return [
        replace(row, ignored=True)
        if wholly & {row.consumer_id, row.provider_id}
        or versions & {row.consumer_version_id, row.provider_version_id, row.missing_version_id}
        else row
        for row in rows
    ]
