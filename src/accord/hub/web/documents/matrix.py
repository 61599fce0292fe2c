"""The matrix as a document and as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.hub.domain.records import timestamp
from accord.hub.storage import deployments, versions
from accord.hub.storage.verifications import FIRST_NUMBER
from accord.hub.web.documents.environments import in_matrix
from accord.hub.web.documents.parts import branch_parts, tag_parts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from accord.hub.domain.decisions import Verdict
    from accord.hub.domain.matrix import MatrixResult, MatrixRow
    from accord.hub.wire.addresses import Addresses


def matrix(connection: Connection, addresses: Addresses, result: MatrixResult, verdict: Verdict) -> dict[str, Any]:
    """The answer with its rows."""
    return {
        "summary": verdict.summary(),
        "notices": [notice.to_json() for notice in verdict.notices],
        "matrix": rows(connection, addresses, result),
    }


def rows(connection: Connection, addresses: Addresses, result: MatrixResult) -> list[dict[str, Any]]:
    """The rows."""
    shown: dict[int, tuple[str, str]] = {}
    for row in result.rows:
        shown[row.consumer_version_id] = (row.consumer, row.consumer_version)
        if row.provider_version_id is not None and row.provider_version is not None:
            shown[row.provider_version_id] = (row.provider, row.provider_version)
    parts = _version_parts(connection, addresses, shown) if shown else {}
    return [_row(addresses, row, parts) for row in result.rows]


def _row(addresses: Addresses, row: MatrixRow, parts: dict[int, dict[str, Any]]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "consumer": _side(addresses, row.consumer, parts[row.consumer_version_id]),
        "provider": _side(addresses, row.provider, parts.get(row.provider_version_id or 0)),
        "pact": {
            "createdAt": timestamp(row.published_at),
            "_links": {"self": {"href": addresses.pact(row.consumer, row.provider, row.consumer_version)}},
        },
        "verificationResult": _result(addresses, row),
    }
    return {**document, "ignored": True} if row.ignored else document


def _side(addresses: Addresses, name: str, version: dict[str, Any] | None) -> dict[str, Any]:
    return {"name": name, "version": version, "_links": {"self": {"href": addresses.participant(name)}}}


def _result(addresses: Addresses, row: MatrixRow) -> dict[str, Any] | None:
    if row.verification_id is None or row.verified_at is None:
        return None
    content = addresses.content(row.consumer, row.provider, row.sha, {"cvn": row.consumer_version})
    return {
        "success": row.success,
        "verifiedAt": timestamp(row.verified_at),
        "_links": {"self": {"href": f"{content}/verification-results/{row.verification_id + FIRST_NUMBER}"}},
    }


def _version_parts(
    connection: Connection, addresses: Addresses, shown: dict[int, tuple[str, str]]
) -> dict[int, dict[str, Any]]:
    branches = versions.branches_of(connection, shown)
    tags = versions.tags_of(connection, shown)
    places = deployments.places_of(connection, shown)
    parts = {}
    for version_id, (participant, number) in shown.items():
        mine = branch_parts(addresses, participant, number, branches.get(version_id, ()))
        parts[version_id] = {
            "number": number,
            **({"branch": mine[-1]["name"]} if mine else {}),
            "branches": mine,
            "branchVersions": mine,
            "environments": [in_matrix(addresses, each) for each in places.get(version_id, ())],
            "_links": {"self": {"href": addresses.version(participant, number)}},
            "tags": tag_parts(addresses, participant, number, tags.get(version_id, ()), titled=False),
        }
    return parts


def text(result: MatrixResult, verdict: Verdict) -> str:
    """The rows as a table, and the answer."""
    header = ["CONSUMER", "C_VERSION", "REVISION", "PROVIDER", "P_VERSION", "NUMBER", "SUCCESS"]
    lines = [
        [
            row.consumer,
            row.consumer_version,
            str(row.revision),
            row.provider,
            row.provider_version or "",
            str(row.verification_id + FIRST_NUMBER) if row.verification_id else "",
            "" if row.success is None else str(row.success).lower(),
        ]
        for row in result.rows
    ]
    answer = {True: "true", False: "false", None: "nil"}[verdict.deployable]
    return f"{table(header, lines)}\n\nDeployable: {answer}\nReason: {verdict.reason}\n"


def table(header: list[str], lines: list[list[str]]) -> str:
    """Columns as wide as their widest cell."""
    widths = [max(len(each) for each in column) for column in zip(header, *lines, strict=True)]
    shown = [
        " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in [header, *lines]
    ]
    return "\n".join([shown[0], "-|-".join("-" * width for width in widths), *shown[1:]])
