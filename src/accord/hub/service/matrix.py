"""The matrix for a question: whom the selectors mean, who else counts, which rows there are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from accord.hub.domain.matrix import (
    NO_VERSION,
    Criteria,
    Integration,
    MatrixOptions,
    MatrixQueryError,
    MatrixResult,
    MatrixRow,
    MatrixSelector,
    Resolved,
    arranged,
    mark_ignored,
)
from accord.hub.storage import deployments, participants
from accord.hub.storage import matrix as storage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from accord.hub.domain.records import Participant


def find(connection: Connection, selectors: Sequence[MatrixSelector], options: MatrixOptions) -> MatrixResult:
    """The rows that answer a question.

    Raises:
        MatrixQueryError: a participant or an environment is not known.
    """
    names = {each.participant for each in (*selectors, *options.ignore)}
    known = participants.by_names(connection, names)
    _check_known(connection, selectors, options, known)
    ignore = _resolve(connection, options.ignore, known)
    specified = _resolve(connection, selectors, known, ignore=ignore)
    if not options.others and len(selectors) == 1:
        rows = _rows_of_one(connection, specified, every=options.latest_by is None)
        integrations: list[Integration] = []
        inferred: list[Resolved] = []
    else:
        integrations = _integrations(connection, specified, infer=bool(options.others))
        inferred = _infer(connection, specified, integrations, options.others, ignore)
        rows = _rows_of_many(connection, specified, inferred, every=options.latest_by is None)
    rows = arranged(mark_ignored(rows, ignore), options)
    return MatrixResult(
        rows=tuple(rows),
        selectors=(*specified, *inferred),
        ignore=tuple(ignore),
        integrations=tuple(integrations),
        options=options,
    )


def _check_known(
    connection: Connection,
    selectors: Sequence[MatrixSelector],
    options: MatrixOptions,
    known: dict[str, Participant],
) -> None:
    errors = [
        f"Pacticipant {each.participant} not found"
        for each in dict.fromkeys(selectors)
        if each.participant not in known
    ]
    wanted = {options.others.environment, *(each.criteria.environment for each in selectors)} - {None}
    errors += [
        f"Environment with name '{name}' does not exist"
        for name in sorted(filter(None, wanted))
        if deployments.environment(connection, name=name) is None
    ]
    if errors:
        raise MatrixQueryError(errors)


def _resolve(
    connection: Connection,
    selectors: Sequence[MatrixSelector],
    known: dict[str, Participant],
    *,
    ignore: Sequence[Resolved] = (),
) -> list[Resolved]:
    resolved: list[Resolved] = []
    for each in selectors:
        participant = known.get(each.participant)
        if participant is None:
            resolved.append(Resolved(each.participant, 0, each.criteria))
        elif not each.criteria:
            resolved.append(Resolved(each.participant, participant.id, each.criteria))
        else:
            resolved += _versions(connection, {participant.id: participant.name}, each.criteria)
    return _with_ignored(resolved, ignore)


def _versions(
    connection: Connection, names: dict[int, str], criteria: Criteria, *, specified: bool = True
) -> list[Resolved]:
    found: dict[int, list[tuple[int, str, str | None]]] = {}
    for participant_id, version_id, number, branch in storage.versions_for(connection, names, criteria):
        found.setdefault(participant_id, []).append((version_id, number, branch))
    resolved: list[Resolved] = []
    for participant_id, name in names.items():
        versions = found.get(participant_id, [])
        if not versions:
            resolved.append(Resolved(name, participant_id, criteria, NO_VERSION, criteria.version, specified=specified))
        for version_id, number, branch in versions:
            exact = replace(criteria, branch=branch) if criteria.main_branch else criteria
            many = len(versions) > 1
            resolved.append(
                Resolved(name, participant_id, exact, version_id, number, specified=specified, one_of_many=many)
            )
    return resolved


def _with_ignored(resolved: list[Resolved], ignore: Sequence[Resolved]) -> list[Resolved]:
    wholly = {each.participant_id for each in ignore if each.version_id is None}
    versions = {each.version_id for each in ignore if each.version_id not in {None, NO_VERSION}}
    if not wholly and not versions:
        return resolved
    return [replace(each, ignored=each.participant_id in wholly or each.version_id in versions) for each in resolved]


def _integrations(connection: Connection, specified: Sequence[Resolved], *, infer: bool) -> list[Integration]:
    version_ids = [each.version_id for each in specified if each.version_id not in {None, NO_VERSION}]
    wholly = {each.participant_id for each in specified if each.version_id is None}
    mine = {each.participant_id for each in specified}
    names = participants.pairs_touching(connection, mine)
    required = set(storage.providers_of(connection, [each for each in version_ids if each is not None]))
    required |= {pair for pair in names if pair[0] in wholly}
    provided = {pair for pair in names if pair[1] in mine} - required
    pairs = [*sorted(required), *sorted(provided)]
    if not infer:
        pairs = [pair for pair in pairs if pair[0] in mine and pair[1] in mine]
    return [Integration(pair[0], names[pair][0], pair[1], names[pair][1], pair in required) for pair in pairs]


def _infer(
    connection: Connection,
    specified: Sequence[Resolved],
    integrations: Sequence[Integration],
    others: Criteria,
    ignore: Sequence[Resolved],
) -> list[Resolved]:
    if not others:
        return []
    mine = {each.participant_id for each in specified}
    names: dict[int, str] = {}
    for each in integrations:
        names.update({each.consumer_id: each.consumer, each.provider_id: each.provider})
    names = {participant_id: name for participant_id, name in names.items() if participant_id not in mine}
    if not names:
        return []
    return _with_ignored(_versions(connection, names, others, specified=False), ignore)


def _rows_of_one(connection: Connection, specified: Sequence[Resolved], *, every: bool) -> list[MatrixRow]:
    """The rows of one participant; every: those too that a later revision or result replaced."""
    version_ids, whole_ids = _split(specified)
    as_consumer = storage.published(connection, version_ids=version_ids, consumer_ids=whole_ids, every=every)
    results = storage.latest_results(connection, {row.content_id for row in as_consumer}, every=every)
    rows = _joined(as_consumer, results)
    verified = storage.contents_verified_by(connection, version_ids=version_ids, provider_ids=whole_ids)
    as_provider = storage.published(connection, content_ids=verified, every=every)
    results = storage.latest_results(connection, verified, version_ids=version_ids, provider_ids=whole_ids, every=every)
    seen = {(row.pact_id, row.verification_id) for row in rows}
    rows += [
        row
        for row in _joined(as_provider, results)
        if row.verification_id is not None and (row.pact_id, row.verification_id) not in seen
    ]
    return rows


def _rows_of_many(
    connection: Connection, specified: Sequence[Resolved], inferred: Sequence[Resolved], *, every: bool
) -> list[MatrixRow]:
    everyone = [*specified, *inferred]
    version_ids, whole_ids = _split(everyone)
    named = {each.participant_id for each in specified}
    pacts = [
        row
        for row in storage.published(
            connection,
            version_ids=version_ids,
            consumer_ids=whole_ids,
            provider_ids={each.participant_id for each in everyone},
            every=every,
        )
        if row.consumer_id in named or row.provider_id in named
    ]
    content_ids = {row.content_id for row in pacts}
    results = storage.latest_results(
        connection, content_ids, version_ids=version_ids, provider_ids=whole_ids, every=every
    )
    return _joined(pacts, results, _due(everyone))


def _split(resolved: Sequence[Resolved]) -> tuple[list[int], list[int]]:
    version_ids = [each.version_id for each in resolved if each.version_id is not None and each.exists]
    return version_ids, [each.participant_id for each in resolved if each.version_id is None]


def _due(everyone: Sequence[Resolved]) -> dict[int, list[int]]:
    """By provider, the versions that each have to have verified: those by number, and all that run somewhere.

    Of a branch or tag any version will do: older ones cannot have verified what is new.
    """
    due: dict[int, list[int]] = {}
    for each in everyone:
        exact = each.criteria.environment or each.criteria.version or each.criteria.latest
        if each.version_id is not None and each.exists and exact:
            due.setdefault(each.participant_id, []).append(each.version_id)
    return due


def _joined(
    pacts: Sequence[MatrixRow], results: Sequence[storage.Result], due: dict[int, list[int]] | None = None
) -> list[MatrixRow]:
    by_content: dict[int, list[storage.Result]] = {}
    for result in results:
        by_content.setdefault(result[0], []).append(result)
    rows: list[MatrixRow] = []
    for pact in pacts:
        mine = by_content.get(pact.content_id, [])
        rows += [
            replace(
                pact,
                provider_version_id=version_id,
                provider_version=number,
                verification_id=verification_id,
                success=success,
                verified_at=verified_at,
            )
            for _, version_id, number, verification_id, success, verified_at in mine
        ]
        done = {result[1] for result in mine}
        missing = [each for each in (due or {}).get(pact.provider_id, []) if each not in done]
        rows += [replace(pact, missing_version_id=each) for each in missing]
        if not mine and not missing:
            rows.append(pact)
    return rows
