"""What happened, told to webhooks: each that waits for it gets an entry in the queue, in the same transaction."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.hub.domain.matrix import Criteria
from accord.hub.domain.webhooks import Event, Webhook, render
from accord.hub.storage import deployments, matrix, participants, verifications, versions, webhooks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from accord.hub.domain.records import Pact, Verification
    from accord.hub.service.moment import Moment
    from accord.hub.wire.addresses import Addresses


@dataclass(frozen=True, slots=True)
class Happening:
    """An event about a pact.

    Attributes:
        comment: why, for people.
        provider_version: of the verification that is wanted.
        context: more for the variables.
    """

    event: Event
    comment: str | None = None
    provider_version: str | None = None
    provider_branch: str | None = None
    provider_descriptions: str | None = None
    build_url: str | None = None
    consumer_tags: tuple[str, ...] | None = None

    @property
    def text(self) -> str:
        """Its name, with why."""
        return f"{self.event.value} ({self.comment})" if self.comment else self.event.value


@dataclass(frozen=True, slots=True)
class Delivery:
    """An entry in the queue, as the publisher is told of it."""

    uuid: str
    webhook: Webhook
    event: Event


def announce(
    connection: Connection,
    happenings: Sequence[Happening],
    pact: Pact,
    moment: Moment,
    *,
    verification: Verification | None = None,
) -> tuple[list[Delivery], bool]:
    """Queue what the webhooks of a pair have to send; and whether the pair has any webhook at all."""
    waiting = webhooks.concerning(connection, pact.consumer_id, pact.provider_id)
    deliveries = []
    for happening in happenings:
        for webhook in waiting:
            if happening.event.value not in webhook.events:
                continue
            for extra in _expanded(connection, webhook, pact):
                variables = variables_of(
                    connection, happening, pact, moment.addresses, verification=verification, extra=extra
                )
                entry = _entry(webhook, happening, pact, variables, verification)
                webhooks.enqueue(connection, entry, moment.now)
                deliveries.append(Delivery(entry["uuid"], webhook, happening.event))
    return deliveries, bool(waiting)


def _expanded(connection: Connection, webhook: Webhook, pact: Pact) -> list[dict[str, str]]:
    """One each for the versions of the provider that run somewhere, where the webhook names that variable."""
    if "currentlyDeployedProviderVersionNumber" not in json.dumps(webhook.request.to_json()):
        return [{}]
    there = deployments.present(connection, released=False, participant_ids=[pact.provider_id])
    return [{"currentlyDeployedProviderVersionNumber": each} for each in dict.fromkeys(each.version for each in there)]


def _entry(
    webhook: Webhook, happening: Happening, pact: Pact, variables: dict[str, str], verification: Verification | None
) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid4()),
        "webhook_uuid": webhook.uuid,
        "webhook_id": webhook.id,
        "consumer_id": pact.consumer_id,
        "provider_id": pact.provider_id,
        "publication_id": pact.id,
        "verification_id": verification.id if verification else None,
        "event_name": happening.event.value,
        "trigger_type": "resource_creation",
        "request": json.dumps(render(webhook.request, variables).to_json()),
        "context": json.dumps(variables),
    }


def variables_of(
    connection: Connection,
    happening: Happening,
    pact: Pact,
    addresses: Addresses,
    *,
    verification: Verification | None,
    extra: dict[str, str],
) -> dict[str, str]:
    """What ``${pactbroker.…}`` stands for."""
    consumer_tags = happening.consumer_tags
    if consumer_tags is None:
        consumer_tags = tuple(
            each.name for each in versions.tags_of(connection, [pact.version_id]).get(pact.version_id, ())
        )
    labels = participants.labels_of(connection, [pact.consumer_id, pact.provider_id])
    shown = verification or verifications.latest(connection, pact.content_id)
    metadata = {"cvn": pact.version, "cvt": list(consumer_tags), "w": True}
    if happening.provider_version is not None:
        number, provider_branch, provider_tags = happening.provider_version, happening.provider_branch or "", ""
    else:
        number, provider_branch, provider_tags = _provider_version(connection, shown)
    outcome = None if shown is None else shown.success
    main = _main_branch_outcome(connection, pact)
    return {
        "consumerName": pact.consumer,
        "providerName": pact.provider,
        "consumerVersionNumber": pact.version,
        "providerVersionNumber": number,
        "consumerVersionTags": ", ".join(consumer_tags),
        "providerVersionTags": provider_tags,
        "consumerVersionBranch": _branch(connection, pact.version_id),
        "providerVersionBranch": provider_branch,
        "consumerLabels": ", ".join(each.name for each in labels.get(pact.consumer_id, ())),
        "providerLabels": ", ".join(each.name for each in labels.get(pact.provider_id, ())),
        "pactUrl": addresses.content(pact.consumer, pact.provider, pact.sha, metadata),
        "verificationResultUrl": addresses.result(shown.consumer, shown.provider, shown.sha, shown.number)
        if shown
        else "",
        "githubVerificationStatus": _word(outcome, "success", "failure", "pending"),
        "bitbucketVerificationStatus": _word(outcome, "SUCCESSFUL", "FAILED", "INPROGRESS"),
        "azureDevOpsVerificationStatus": _word(outcome, "succeeded", "failed", "pending"),
        "gitlabVerificationStatus": _word(outcome, "success", "failed", "pending"),
        "providerMainBranchGithubVerificationStatus": _word(main, "success", "failure", "pending"),
        "eventName": happening.event.value,
        "buildUrl": happening.build_url or (shown.build_url if verification and shown else None) or "",
        "currentlyDeployedProviderVersionNumber": "",
        "providerVersionDescriptions": happening.provider_descriptions or "",
        **extra,
    }


def _word(outcome: bool | None, yes: str, no: str, unknown: str) -> str:  # noqa: FBT001 - three answers, not a switch
    return unknown if outcome is None else yes if outcome else no


def _branch(connection: Connection, version_id: int) -> str:
    found = versions.branches_of(connection, [version_id]).get(version_id)
    return found[-1].name if found else ""


def _provider_version(connection: Connection, shown: Verification | None) -> tuple[str, str, str]:
    if shown is None:
        return "", "", ""
    tags = versions.tags_of(connection, [shown.provider_version_id]).get(shown.provider_version_id, [])
    branch = _branch(connection, shown.provider_version_id)
    return shown.provider_version, branch, ", ".join(each.name for each in tags)


def _main_branch_outcome(connection: Connection, pact: Pact) -> bool | None:
    found = matrix.versions_for(connection, [pact.provider_id], Criteria(main_branch=True, latest=True))
    if not found:
        return None
    results = matrix.latest_results(connection, [pact.content_id], version_ids=[each[1] for each in found])
    return results[0][4] if results else None


def required_verifications(connection: Connection, pact: Pact) -> list[Happening]:
    """An event for each provider version that has to verify a new content: its main branch's head, and what runs."""
    descriptions: dict[int, list[str]] = {}
    numbers: dict[int, str] = {}
    branches: dict[int, str] = {}
    for _, version_id, number, branch in matrix.versions_for(
        connection, [pact.provider_id], Criteria(main_branch=True, latest=True)
    ):
        descriptions.setdefault(version_id, []).append("latest from main branch")
        numbers[version_id], branches[version_id] = number, branch or ""
    there = deployments.present(connection, participant_ids=[pact.provider_id])
    places = deployments.environments_by_id(connection, {each.environment_id for each in there})
    for each in there:
        where = places[each.environment_id].title
        words = f"{'released' if each.released else 'deployed'} ({where})"
        descriptions.setdefault(each.version_id, []).append(words)
        numbers[each.version_id] = each.version
    done = {
        result[1]
        for result in matrix.latest_results(connection, [pact.content_id], version_ids=list(numbers))
        if result[4]
    }
    return [
        Happening(
            Event.CONTRACT_REQUIRING_VERIFICATION_PUBLISHED,
            provider_version=numbers[version_id],
            provider_branch=branches.get(version_id) or _branch(connection, version_id),
            provider_descriptions=", ".join(dict.fromkeys(words)),
        )
        for version_id, words in descriptions.items()
        if version_id not in done
    ]
