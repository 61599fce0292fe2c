"""A provider's results are published."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from accord.hub.domain.publication import is_name
from accord.hub.domain.webhooks import Event
from accord.hub.service.events import Happening, announce
from accord.hub.storage import pacts, participants, verifications, versions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from accord.hub.domain.records import Pact, Verification
    from accord.hub.service.moment import Moment


class ResultError(ValueError):
    """A result that makes no sense; errors by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class ResultToRecord:
    """A result as a client sends it."""

    success: bool
    version: str
    build_url: str | None
    test_results: list[Any] | None
    verified_by: dict[str, Any] | None


def read_result(document: Any) -> ResultToRecord:
    """A result from JSON.

    Raises:
        ResultError: with every error, by field.
    """
    if not isinstance(document, dict):
        raise ResultError({"": ["must be a hash"]})
    errors: dict[str, list[str]] = {}
    success = document.get("success")
    if success is None:
        errors["success"] = ["is missing" if "success" not in document else "must be filled"]
    elif not isinstance(success, bool):
        errors["success"] = ["must be boolean"]
    version = document.get("providerApplicationVersion")
    if version is None:
        errors["providerApplicationVersion"] = ["is missing"]
    elif not is_name(version):
        errors["providerApplicationVersion"] = [
            "can't be blank" if not str(version).strip() else "must be one line of text"
        ]
    build_url = document.get("buildUrl")
    if build_url is not None and not _is_url(build_url):
        errors["buildUrl"] = ["is not a valid URL eg. http://example.org"]
    tests = document.get("testResults")
    if tests is not None and not isinstance(tests, (list, dict)):
        errors["testResults"] = ["must be an array"]
    by = document.get("verifiedBy")
    if by is not None and not isinstance(by, dict):
        errors["verifiedBy"] = ["must be a hash"]
    if errors:
        raise ResultError(errors)
    # Older clients wrap the list: {"tests": […], "summary": …}.
    tests = tests.get("tests") if isinstance(tests, dict) else tests
    return ResultToRecord(bool(success), str(version), build_url, tests if isinstance(tests, list) else None, _by(by))


def _is_url(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return bool(urlsplit(value).path or urlsplit(value).netloc) and not any(map(str.isspace, value))
    except ValueError:
        return False


def _by(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The tool as results show it: the language's part is flat there."""
    if given is None:
        return None
    shown = {name: value for name, value in given.items() if name != "clientLanguage"}
    language = given.get("clientLanguage")
    if isinstance(language, dict):
        names = {"name": "client_implementation", "testFramework": "client_test_framework", "version": "client_version"}
        shown |= {names[name]: value for name, value in language.items() if name in names}
    return shown


def record(
    connection: Connection,
    pact: Pact,
    result: ResultToRecord,
    metadata: Mapping[str, Any],
    moment: Moment,
) -> Verification:
    """Keep a result for a content, and tell the webhooks."""
    provider = participants.by_id(connection, pact.provider_id)
    version, _ = versions.find_or_create(connection, provider.id, result.version, moment.now)
    verification = verifications.record(
        connection,
        {
            "content_id": pact.content_id,
            "provider_version_id": version.id,
            "success": result.success,
            "build_url": result.build_url,
            "test_results": json.dumps(result.test_results) if result.test_results is not None else None,
            "verified_by": json.dumps(result.verified_by) if result.verified_by is not None else None,
            "created_at": moment.now,
        },
    )
    outcome = Event.PROVIDER_VERIFICATION_SUCCEEDED if result.success else Event.PROVIDER_VERIFICATION_FAILED
    for each, tags in _concerned(connection, pact, metadata):
        happenings = [
            Happening(event, build_url=result.build_url, consumer_tags=tags)
            for event in (Event.PROVIDER_VERIFICATION_PUBLISHED, outcome)
        ]
        announce(connection, happenings, each, moment, verification=verification)
    return verification


def _concerned(
    connection: Connection, pact: Pact, metadata: Mapping[str, Any]
) -> list[tuple[Pact, tuple[str, ...] | None]]:
    """The publications that the result speaks of: one event for each consumer version that was chosen."""
    wanted: dict[int, list[str]] = {}
    selectors = metadata.get("s")
    for each in selectors if isinstance(selectors, list) else []:
        number = each.get("cv") if isinstance(each, dict) else None
        if isinstance(number, str) and number.isdecimal():
            tags = wanted.setdefault(int(number), [])
            if isinstance(each.get("t"), str):
                tags.append(each["t"])
    same = pacts.with_sha(connection, pact.consumer, pact.provider, pact.sha)
    found: list[tuple[Pact, tuple[str, ...] | None]] = [
        (each, tuple(wanted[each.version_id]) or None) for each in same if each.version_id in wanted
    ]
    if not found and isinstance(metadata.get("cvn"), str):
        found = [(each, None) for each in same if each.version == metadata["cvn"]]
    return found or [(pact, None)]
