"""Results of verifications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.hub.domain.records import timestamp
from accord.hub.storage import pacts, versions
from accord.hub.web.documents.parts import tag_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from accord.hub.domain.records import Pact, Verification
    from accord.hub.wire.addresses import Addresses


def result(addresses: Addresses, pact: Pact, found: Verification) -> dict[str, Any]:
    """One; the pact is the newest with the content."""
    url = addresses.result(found.consumer, found.provider, found.sha, found.number)
    return {
        "providerName": found.provider,
        "providerApplicationVersion": found.provider_version,
        "success": found.success,
        "verificationDate": timestamp(found.created_at),
        **({"buildUrl": found.build_url} if found.build_url else {}),
        **({"testResults": found.test_results} if found.test_results is not None else {}),
        **({"verifiedBy": found.verified_by} if found.verified_by is not None else {}),
        "_links": {
            "self": {
                "title": "Verification result",
                "name": f"Verification result {found.number} for {pact.name}",
                "href": url,
            },
            "pb:pact-version": {
                "title": "Pact",
                "name": pact.name,
                "href": addresses.content(found.consumer, found.provider, found.sha, {"cvn": pact.version}),
            },
            "pb:triggered-webhooks": {
                "title": "Webhooks triggered by the publication of this verification result",
                "href": f"{url}/triggered-webhooks",
            },
        },
    }


def extended(connection: Connection, addresses: Addresses, pact: Pact, found: Verification) -> dict[str, Any]:
    """One with the tags of the provider's version."""
    tags = versions.tags_of(connection, [found.provider_version_id]).get(found.provider_version_id, ())
    parts = tag_parts(addresses, found.provider, found.provider_version, tags, titled=False)
    return {**result(addresses, pact, found), "_embedded": {"tags": parts}}


def summary(
    addresses: Addresses,
    consumer: str,
    number: str,
    found: Sequence[tuple[Pact, Verification | None]],
    url: str,
) -> dict[str, Any]:
    """The newest result for each pact of a consumer version."""
    done = [(pact, each) for pact, each in found if each is not None]
    return {
        "success": bool(done) and len(done) == len(found) and all(each.success for _, each in done),
        "providerSummary": {
            "successful": [each.provider for _, each in done if each.success],
            "failed": [each.provider for _, each in done if not each.success],
            "unknown": [pact.provider for pact, each in found if each is None],
        },
        "_embedded": {"verificationResults": [result(addresses, pact, each) for pact, each in done]},
        "_links": {
            "self": {
                "href": url,
                "title": f"Latest verification results for consumer {consumer} version {number}",
            }
        },
    }


def newest_pact(connection: Connection, found: Verification) -> Pact | None:
    """The newest publication of what a result is about."""
    return pacts.by_sha(connection, found.consumer, found.provider, found.sha)
