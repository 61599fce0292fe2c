"""Pacts: one with its content, lists of them, those to verify, the provider states they need."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from accord.hub.domain.records import local_day
from accord.hub.service import lookup
from accord.hub.storage import pacts, participants, versions
from accord.hub.web.documents.parts import curies, participant_part, times, version_link, version_part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from accord.hub.domain.records import Pact
    from accord.hub.domain.verifiable import VerifiablePact
    from accord.hub.wire.addresses import Addresses


def pact(
    connection: Connection,
    addresses: Addresses,
    found: Pact,
    *,
    metadata: str | None = None,
    by_content: bool = False,
    chosen: Sequence[str] = (),
) -> dict[str, Any]:
    """A pact with its content.

    Args:
        connection: where.
        addresses: of the hub.
        found: which.
        metadata: the segment it was asked for with, which its results carry back.
        by_content: asked for by content, so that several consumer versions may be meant.
        chosen: these, where the metadata says.
    """
    content = json.loads(pacts.document(connection, found.content_id))
    for name in ("createdAt", "_links", "_embedded"):
        content.pop(name, None)
    return {**content, **times(found.created_at), "_links": pact_links(addresses, found, metadata, by_content, chosen)}


def extended_pact(connection: Connection, addresses: Addresses, found: Pact) -> dict[str, Any]:
    """The content kept apart from what the hub adds, with the tags of its version."""
    version = versions.by_id(connection, found.version_id)
    tags = versions.tags_of(connection, [found.version_id]).get(found.version_id, [])
    parts = [
        {
            "name": each.name,
            "latest": True,
            "_links": {
                "self": {
                    "title": "Tag",
                    "name": each.name,
                    "href": addresses.tag(found.consumer, found.version, each.name),
                },
                "pb:latest-pact": {
                    "name": f"The latest pact with the tag {each.name}",
                    "href": addresses.pair(found.consumer, found.provider, "latest", each.name),
                },
            },
        }
        for each in tags
        if version is not None and each.latest
    ]
    return {
        "contract": json.loads(pacts.document(connection, found.content_id)),
        **times(found.created_at),
        "_embedded": {"tags": parts},
        "_links": pact_links(addresses, found),
    }


def pact_links(
    addresses: Addresses,
    found: Pact,
    metadata: str | None = None,
    by_content: bool = False,  # noqa: FBT001, FBT002 - one of several optional parts
    chosen: Sequence[str] = (),
) -> dict[str, Any]:
    """Where one can go from a pact."""
    consumer, provider, number = found.consumer, found.provider, found.version

    def pair(*rest: str) -> str:
        return addresses.pair(consumer, provider, *rest)

    content = addresses.content(consumer, provider, found.sha)
    results = pair("pact-version", found.sha, *(("metadata", metadata) if metadata else ()), "verification-results")
    several = [version_link(addresses, consumer, each, "Consumer version") for each in chosen or [number]]
    return {
        "self": {"title": "Pact", "name": found.name, "href": addresses.pact(consumer, provider, number)},
        "pb:consumer": {"title": "Consumer", "name": consumer, "href": addresses.participant(consumer)},
        "pb:consumer-version": version_link(addresses, consumer, number, "Consumer version"),
        **({"pb:consumer-versions": several} if by_content else {}),
        "pb:provider": {"title": "Provider", "name": provider, "href": addresses.participant(provider)},
        "pb:pact-version": {"title": "Pact content version permalink", "name": found.sha, "href": content},
        "pb:latest-pact-version": {"title": "Latest version of this pact", "href": pair("latest")},
        "pb:all-pact-versions": {"title": "All versions of this pact", "href": pair("versions")},
        "pb:latest-untagged-pact-version": {
            "title": "Latest untagged version of this pact",
            "href": pair("latest-untagged"),
        },
        "pb:latest-tagged-pact-version": {
            "title": "Latest tagged version of this pact",
            "href": f"{pair('latest')}/{{tag}}",
            "templated": True,
        },
        "pb:previous-distinct": {
            "title": "Previous distinct version of this pact",
            "href": pair("version", number, "previous-distinct"),
        },
        "pb:diff-previous-distinct": {
            "title": "Diff with previous distinct version of this pact",
            "href": pair("version", number, "diff", "previous-distinct"),
        },
        "pb:diff": {
            "title": "Diff with another specified version of this pact",
            "href": f"{content}/diff/pact-version/{{pactVersion}}",
            "templated": True,
        },
        "pb:pact-webhooks": {
            "title": f"Webhooks for the pact between {consumer} and {provider}",
            "href": addresses.of("webhooks", "provider", provider, "consumer", consumer),
        },
        # So the reference has it: the title and the name speak of the provider.
        "pb:consumer-webhooks": {
            "title": f"Webhooks for all pacts with provider {provider}",
            "href": addresses.of("webhooks", "consumer", provider),
        },
        "pb:tag-prod-version": {
            "title": "PUT to this resource to tag this consumer version as 'production'",
            "href": addresses.tag(consumer, number, "prod"),
        },
        "pb:tag-version": {
            "title": "PUT to this resource to tag this consumer version",
            "href": f"{addresses.version(consumer, number)}/tags/{{tag}}",
        },
        "pb:publish-verification-results": {"title": "Publish verification results", "href": results},
        "pb:latest-verification-results": {"href": f"{content}/verification-results/latest"},
        "pb:triggered-webhooks": {
            "title": "Webhooks triggered by the publication of this pact",
            "href": pair("version", number, "triggered-webhooks"),
        },
        "pb:matrix-for-consumer-version": {
            "title": "View matrix rows for the consumer version to which this pact belongs",
            "href": addresses.matrix_of_version(consumer, number),
        },
        "curies": curies(addresses, "pact"),
    }


def chosen_versions(connection: Connection, metadata: Mapping[str, Any]) -> list[str]:
    """The numbers of the consumer versions that a URL's metadata names."""
    selectors = metadata.get("s")
    ids = [
        int(each["cv"])
        for each in (selectors if isinstance(selectors, list) else [])
        if isinstance(each, dict)
        and isinstance(each.get("cv"), str)
        and each["cv"].isdecimal()
        and len(each["cv"]) < 16  # noqa: PLR2004 - what fits an id
    ]
    found = versions.by_ids(connection, ids)
    return list(dict.fromkeys(found[each].number for each in ids if each in found))


def verifiable(addresses: Addresses, provider: str, found: Sequence[VerifiablePact], *, beta: bool) -> dict[str, Any]:
    """The pacts that a provider has to verify."""
    documents = []
    for each in found:
        pact = each.pact
        properties: dict[str, Any] = {}
        if each.pending is not None:
            properties["pending"] = each.pending
        if each.wip:
            properties["wip"] = True
        properties["notices"] = each.notices(addresses.content(pact.consumer, pact.provider, pact.sha), beta=beta)
        href = addresses.content(pact.consumer, pact.provider, pact.sha, each.metadata())
        documents.append(
            {
                "shortDescription": each.short_description,
                "verificationProperties": properties,
                "_links": {"self": {"href": href, "name": pact.name}},
            }
        )
    return {
        "_embedded": {"pacts": documents},
        "_links": {
            "self": {
                "href": addresses.of("pacts", "provider", provider, "for-verification"),
                "title": "Pacts to be verified",
            }
        },
    }


def provider_pacts(addresses: Addresses, provider: str, found: Sequence[Pact], url: str, title: str) -> dict[str, Any]:
    """The pacts of a provider, as links."""
    links = [
        {
            "href": addresses.pact(each.consumer, each.provider, each.version),
            "title": each.name,
            "name": each.consumer,
        }
        for each in found
    ]
    deprecated = "DEPRECATED - please use the pb:pacts relation."
    return {
        "_links": {
            "self": {"href": url, "title": title},
            "pb:provider": {"href": addresses.participant(provider), "name": provider},
            "pb:pacts": links,
            "provider": {
                "href": addresses.participant(provider),
                "title": provider,
                "name": "DEPRECATED - please use the pb:provider relation",
            },
            "pacts": [{**each, "title": f"{deprecated} {each['title']}"} for each in links],
        }
    }


def latest_pacts(addresses: Addresses, found: Sequence[Pact]) -> dict[str, Any]:
    """The newest pact of every pair."""
    documents = []
    for each in found:
        consumer = participant_part(addresses, each.consumer)
        embedded = {"version": version_part(addresses, each.consumer, each.version)}
        documents.append(
            {
                **times(each.created_at),
                "_embedded": {
                    "consumer": {"name": each.consumer, "_embedded": embedded, "_links": consumer["_links"]},
                    "provider": participant_part(addresses, each.provider),
                },
                "_links": {
                    "self": [
                        {"href": addresses.pair(each.consumer, each.provider, "latest")},
                        {"href": addresses.pact(each.consumer, each.provider, each.version)},
                    ]
                },
            }
        )
    links = [
        {
            "href": addresses.pair(each.consumer, each.provider, "latest"),
            "title": f"Latest pact between {each.consumer} and {each.provider}",
        }
        for each in found
    ]
    return {
        "pacts": documents,
        "_links": {
            "self": {"href": f"{addresses.base}/pacts/latest"},
            "pb:pacts": links,
            "pacts": [{**each, "name": "DEPRECATED - please use the pb:pacts relation"} for each in links],
            "curies": curies(addresses, "pacts"),
        },
    }


def pact_versions(
    addresses: Addresses, consumer: str, provider: str, found: Sequence[Pact], url: str, *, tag: str | None = None
) -> dict[str, Any]:
    """Pacts of a pair, newest first."""
    title = f"All versions of the pact between {consumer} and {provider}"
    links = [
        {
            "href": addresses.pact(each.consumer, each.provider, each.version),
            "title": "Pact version",
            "name": f"{each.version} ({local_day(each.created_at)})",
        }
        for each in found
    ]
    return {
        "_embedded": {
            "pacts": [
                {
                    **times(each.created_at),
                    "_embedded": {"consumerVersion": version_part(addresses, each.consumer, each.version)},
                    "_links": {
                        "self": {"href": addresses.pact(each.consumer, each.provider, each.version), "title": each.name}
                    },
                }
                for each in found
            ]
        },
        "_links": {
            "self": {"href": url, "title": f"{title} with tag {tag}" if tag else title},
            "pb:consumer": {"href": addresses.participant(consumer), "title": "Consumer", "name": consumer},
            "pb:provider": {"href": addresses.participant(provider), "title": "Provider", "name": provider},
            "pb:pact-versions": links,
        },
    }


def provider_states(connection: Connection, found: Sequence[Pact]) -> dict[str, Any]:
    """The provider states that pacts need, with who needs them."""
    texts = pacts.documents(connection, {each.content_id for each in found})
    states: dict[str, dict[str, Any]] = {}
    for each in found:
        for name, params in _states(json.loads(texts[each.content_id])):
            state = states.setdefault(name, {"name": name, "params": params, "consumers": []})
            if state["params"] is None:
                state["params"] = params
            if each.consumer not in state["consumers"]:
                state["consumers"].append(each.consumer)
    listed = sorted(states.values(), key=lambda state: state["name"])
    return {
        "providerStates": [
            {name: value for name, value in state.items() if value is not None or name != "params"} for state in listed
        ]
    }


def _states(content: dict[str, Any]) -> list[tuple[str, Any]]:
    found = []
    for section in ("interactions", "messages"):
        for interaction in content.get(section) or []:
            if not isinstance(interaction, dict):
                continue
            several = interaction.get("providerStates")
            single = interaction.get("providerState") or interaction.get("provider_state")
            if isinstance(several, list):
                found += [(str(each.get("name")), each.get("params")) for each in several if isinstance(each, dict)]
            elif isinstance(single, str):
                found.append((single, None))
    return found


def relationships(connection: Connection) -> list[tuple[str, str, int, int]]:
    """Consumer and provider of every pair, by name and id."""
    pairs = participants.pairs(connection)
    people = participants.by_ids(connection, {each for pair in pairs for each in pair})
    return sorted((people[c].name, people[p].name, c, p) for c, p in pairs)


def find(connection: Connection, consumer: str, provider: str) -> None:
    """See that both sides of a pair are there.

    Raises:
        NotFoundError: one is not.
    """
    lookup.participant(connection, consumer, "consumer")
    lookup.participant(connection, provider, "provider")
