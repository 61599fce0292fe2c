"""What a provider asks for when it wants pacts to verify; what makes no sense is refused, selector by selector."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from accord.hub.domain.records import EPOCH
from accord.hub.wire.selectors import VersionSelector

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_SELECTORS = 200
_MISSING = (
    "must specify a value for environment or tag or branch, or specify mainBranch=true, matchingBranch=true, "
    "latest=true, deployed=true, released=true or deployedOrReleased=true"
)
_ENVIRONMENT_KEYS = ("environment", "deployed", "released", "deployedOrReleased")


class SelectionError(ValueError):
    """A request that makes no sense; errors by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for.

    Attributes:
        selectors: none: each consumer's main branch and what is deployed or released.
        pending: say of each pact whether it is pending; None of it is said where False.
        wip_since: add what is new since then, in microseconds.
        branch: the provider version's branch.
        tags: the provider version's tags, where it has no branch.
    """

    selectors: tuple[VersionSelector, ...] = ()
    pending: bool = False
    wip_since: int | None = None
    branch: str | None = None
    tags: tuple[str, ...] = ()


def read_selection(document: Mapping[str, Any]) -> Selection:
    """The request in the JSON that clients POST.

    Raises:
        SelectionError: with every error, by field.
    """
    errors: dict[str, list[str]] = {}
    branch = document.get("providerVersionBranch")
    if branch is not None and (not isinstance(branch, str) or not branch.strip()):
        errors["providerVersionBranch"] = ["cannot be blank"]
        branch = None
    tags = document.get("providerVersionTags") or []
    tags = [tags] if isinstance(tags, str) else tags
    if not isinstance(tags, list) or not all(isinstance(each, str) for each in tags):
        errors["providerVersionTags"] = ["must be a list of strings"]
        tags = []
    selectors = _selectors(document.get("consumerVersionSelectors"), branch, errors)
    since = _since(document.get("includeWipPactsSince"), errors)
    pending = document.get("includePendingStatus")
    if pending not in {None, True, False}:
        errors["includePendingStatus"] = ["must be boolean"]
    if errors:
        raise SelectionError(errors)
    return Selection(tuple(selectors), pending is True, since, branch, tuple(tags))


def read_selection_query(query: Mapping[str, Any]) -> Selection:
    """The request in the query that older clients send.

    Raises:
        SelectionError: with every error, by field.
    """
    selectors = query.get("consumer_version_selectors") or []
    wip = query.get("include_wip_pacts_since")
    return read_selection(
        {
            "consumerVersionSelectors": [
                {name: _read_word(value) for name, value in each.items()} if isinstance(each, dict) else each
                for each in (selectors if isinstance(selectors, list) else [selectors])
            ],
            "providerVersionTags": query.get("provider_version_tags") or [],
            "providerVersionBranch": query.get("provider_version_branch") or None,
            "includePendingStatus": query.get("include_pending_status", "true") != "false",
            "includeWipPactsSince": wip or None,
        }
    )


def _read_word(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _selectors(given: Any, branch: str | None, errors: dict[str, list[str]]) -> list[VersionSelector]:
    if given is None:
        return []
    if not isinstance(given, list):
        errors["consumerVersionSelectors"] = ["must be an array"]
        return []
    if len(given) > MOST_SELECTORS:
        errors["consumerVersionSelectors"] = [f"has {len(given)} selectors; at most {MOST_SELECTORS} can be given"]
        return []
    found = []
    for index, document in enumerate(given):
        if not isinstance(document, dict):
            problem: str | None = "must be a hash"
        else:
            problem = _problem(document, branch)
            if problem is None:
                try:
                    selector = VersionSelector.from_json(document)
                    # A branch always means its latest version; the reference says so in what it hands out.
                    by_branch = selector.branch or selector.main_branch
                    found.append(replace(selector, latest=True) if by_branch else selector)
                except TypeError as error:
                    problem = str(error)
        if problem is not None:
            errors.setdefault("consumerVersionSelectors", []).append(f"{problem} (at index {index})")
    return found


def _problem(given: dict[str, Any], branch: str | None) -> str | None:
    on = {name for name, value in given.items() if value is not None and (value is not False or name == "latest")}
    wanted = {
        "mainBranch",
        "tag",
        "branch",
        "environment",
        "matchingBranch",
        "deployed",
        "released",
        "deployedOrReleased",
    }
    if not on & wanted and given.get("latest") is not True:
        return _MISSING
    if "mainBranch" in on and on - {"mainBranch", "consumer", "latest"}:
        return "cannot specify mainBranch=true with any other criteria apart from consumer"
    if "matchingBranch" in on:
        if on - {"matchingBranch", "consumer"}:
            return "cannot specify matchingBranch=true with any other criteria apart from consumer"
        if branch is None:
            return "the providerVersionBranch must be specified when the selector matchingBranch=true is used"
    return _pair_problem(given, on)


def _pair_problem(given: dict[str, Any], on: set[str]) -> str | None:
    if {"tag", "branch"} <= on:
        return "cannot specify both a tag and a branch"
    if "fallbackTag" in on and not ("tag" in on and given.get("latest")):
        return "can only set fallbackTag when tag is set and latest=true"
    if "fallbackBranch" in on and "branch" not in on:
        return "a branch must be specified when a fallbackBranch is specified"
    if on & {"branch", "mainBranch"} and given.get("latest") is False:
        return "cannot specify a branch with latest=false"
    place = sorted(on & set(_ENVIRONMENT_KEYS))
    other = sorted(on - set(_ENVIRONMENT_KEYS) - {"consumer"})
    if place and other:
        words = f"field{'s' if len(other) > 1 else ''} {'/'.join(other)}"
        return f"cannot specify the {words} with the field{'s' if len(place) > 1 else ''} {'/'.join(place)}"
    if len(on & {"deployed", "released", "deployedOrReleased"}) > 1:
        return "can only specify one of deployed, released and deployedOrReleased"
    return None


def _since(given: Any, errors: dict[str, list[str]]) -> int | None:
    if given is None or given == "":
        return None
    try:
        moment = dt.datetime.fromisoformat(given)
    except (TypeError, ValueError):
        errors["includeWipPactsSince"] = ["must be a date in the format YYYY-MM-DD"]
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return (moment - EPOCH) // dt.timedelta(microseconds=1)
