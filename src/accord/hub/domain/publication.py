"""Publishing contracts: what a request must have, what it says to people, and what happened by it."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from accord.hub.domain.decisions import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.hub.domain.records import Pact

MOST_CONTRACTS = 500
MOST_CHARACTERS = 255
"""Names and version numbers are not longer; a URL has to hold several."""

MOST_NESTING = 100
_DOTS = (".", "..")
"""No path can have these as a segment: clients take them away."""
_BLANK = "can't be blank"


class PublicationError(ValueError):
    """A request that makes no sense; errors by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class ContractToPublish:
    """One contract of a publication."""

    provider: str
    pact: dict[str, Any]
    merge: bool


@dataclass(frozen=True, slots=True)
class Publication:
    """A consumer version with its contracts."""

    participant: str
    version: str
    branch: str | None
    tags: tuple[str, ...]
    build_url: str | None
    contracts: tuple[ContractToPublish, ...]


def read_publication(document: Any) -> Publication:
    """A publication from the JSON that clients POST.

    Raises:
        PublicationError: with every error, by field.
    """
    if not isinstance(document, dict):
        raise PublicationError({"": ["must be a hash"]})
    errors: dict[str, list[str]] = {}
    participant = _required_text(document, "pacticipantName", errors)
    version = _required_text(document, "pacticipantVersionNumber", errors)
    branch = _optional_text(document, "branch", errors)
    build_url = _optional_text(document, "buildUrl", errors, most=2000)
    tags = document.get("tags")
    if tags is not None and not (isinstance(tags, list) and all(_is_name(each) for each in tags)):
        errors["tags"] = ["must be a list of names that are not blank and on one line each"]
    problems: list[str] = []
    found = _read_contracts(document, participant, problems)
    if problems:
        errors["contracts"] = problems
    if errors:
        raise PublicationError(errors)
    return Publication(participant, version, branch, tuple(dict.fromkeys(tags or ())), build_url, tuple(found))


def _read_contracts(document: dict[str, Any], participant: str, problems: list[str]) -> list[ContractToPublish]:
    contracts = document.get("contracts")
    if "contracts" not in document:
        problems.append("is missing")
    elif not isinstance(contracts, list):
        problems.append("must be an array")
    elif len(contracts) > MOST_CONTRACTS:
        problems.append(f"has {len(contracts)} contracts; at most {MOST_CONTRACTS} can be published at once")
    if problems or not isinstance(contracts, list):
        return []
    found = (_read_contract(each, participant, index, problems) for index, each in enumerate(contracts))
    return [each for each in found if each is not None]


def _read_contract(given: Any, participant: str, index: int, problems: list[str]) -> ContractToPublish | None:
    if not isinstance(given, dict):
        problems.append(f"must be a hash (at index {index})")
        return None
    mine = _text_problems(given) or _choice_problems(given)
    pact = None if mine else _decoded(given["content"], mine)
    if not mine and given["consumerName"] != participant:
        mine.append(f"consumerName ('{given['consumerName']}') must match pacticipantName ('{participant}')")
    if pact is not None:
        mine += _name_problems(pact, participant, given["providerName"])
    problems += [f"{problem} (at index {index})" for problem in mine]
    if mine or pact is None:
        return None
    return ContractToPublish(given["providerName"], pact, given.get("onConflict") == "merge")


def _text_problems(given: dict[str, Any]) -> list[str]:
    problems = []
    for name in ("consumerName", "providerName", "content", "contentType", "specification"):
        if name not in given:
            problems.append(f"{name} is missing")
        elif not isinstance(given[name], str):
            problems.append(f"{name} must be a string")
        elif not given[name].strip():
            problems.append(f"{name} {_BLANK}")
        elif name.endswith("Name") and not _is_name(given[name]):
            problems.append(f"{name} must be on one line and have at most {MOST_CHARACTERS} characters")
    return problems


def _choice_problems(given: dict[str, Any]) -> list[str]:
    problems = []
    for name, allowed in (("contentType", ("application/json",)), ("specification", ("pact",))):
        if given[name] not in allowed:
            problems.append(f"{name} must be one of: {', '.join(allowed)}")
    conflict = given.get("onConflict")
    if conflict is not None and conflict not in {"overwrite", "merge"}:
        problems.append("onConflict must be one of: overwrite, merge")
    return problems


def _decoded(content: str, problems: list[str]) -> dict[str, Any] | None:
    try:
        raw = base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        problems.append("content is not valid Base64")
        return None
    try:
        return read_pact(raw)
    except PactTextError as error:
        problems.append(f"content {error}")
        return None


class PactTextError(ValueError):
    """A text that is no pact; the message says what it is instead."""


def read_pact(raw: bytes) -> dict[str, Any]:
    """A pact from its text.

    Raises:
        PactTextError: not UTF-8, not JSON, nested too deeply, or not an object.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[max(0, error.start - 20) : error.start].decode("utf-8", "replace")
        raise PactTextError(f"contains invalid UTF-8 character at char {error.start + 1} after {before!r}") from None
    try:
        pact = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise PactTextError(f"is nested deeper than {MOST_NESTING} levels") from None
    except ValueError as error:
        raise PactTextError(f"could not be parsed as application/json: {error}") from None
    if not isinstance(pact, dict):
        raise PactTextError("must be a JSON object")
    problem = _text_problem(pact)
    if problem is not None:
        raise PactTextError(problem)
    return pact


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _text_problem(value: Any) -> str | None:
    """What no database and no reader could keep: too much nesting, halves of characters."""
    layer, depth = [value], 0
    while layer:
        depth += 1
        if depth > MOST_NESTING:
            return f"is nested deeper than {MOST_NESTING} levels"
        below = []
        for each in layer:
            if isinstance(each, dict):
                below += [*each.keys(), *each.values()]
            elif isinstance(each, list):
                below += each
            elif isinstance(each, str) and not _encodable(each):
                return "contains half of a character pair, which is not UTF-8"
        layer = below
    return None


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _name_problems(pact: dict[str, Any], participant: str, provider: str) -> list[str]:
    problems = []
    consumer_inside, provider_inside = name_in(pact, "consumer"), name_in(pact, "provider")
    if consumer_inside is not None and consumer_inside != participant:
        problems.append(
            f"consumerName consumer name in contract content ('{consumer_inside}') must match pacticipantName "
            f"('{participant}')"
        )
    if provider_inside is not None and provider_inside != provider:
        problems.append(
            f"providerName provider name in contract content ('{provider_inside}') must match providerName "
            f"('{provider}') in contracts"
        )
    return problems


def name_in(pact: dict[str, Any], role: Literal["consumer", "provider"]) -> str | None:
    """The name in a pact, or None where it has none."""
    inside = pact.get(role)
    name = inside.get("name") if isinstance(inside, dict) else None
    return name if isinstance(name, str) else None


def _required_text(document: dict[str, Any], name: str, errors: dict[str, list[str]]) -> str:
    value = document.get(name)
    if name not in document:
        errors[name] = ["is missing"]
    elif not isinstance(value, str):
        errors[name] = ["must be a string"]
    elif not value.strip():
        errors[name] = [_BLANK]
    elif not _is_name(value):
        errors[name] = [f"must be on one line and have at most {MOST_CHARACTERS} characters"]
    else:
        return value
    return ""


def _optional_text(
    document: dict[str, Any], name: str, errors: dict[str, list[str]], *, most: int = MOST_CHARACTERS
) -> str | None:
    value = document.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not _is_name(value, most):
        errors[name] = ["cannot contain multiple lines" if isinstance(value, str) and "\n" in value else "must be text"]
        return None
    return value


def _is_name(value: Any, most: int = MOST_CHARACTERS) -> bool:
    return (
        isinstance(value, str)
        and bool(value.strip())
        and len(value) <= most
        and value not in _DOTS
        and not any(ord(character) < ord(" ") for character in value)
        and _encodable(value)
    )


def is_name(value: Any, most: int = MOST_CHARACTERS) -> bool:
    """Whether something can be a name: one line of text that is not blank."""
    return _is_name(value, most)


def conflict_text(consumer: str, version: str, provider: str) -> str:
    """Why a published pact cannot be changed."""
    return (
        f"Cannot change the content of the pact for {consumer} version {version} and provider {provider}, as race "
        "conditions will cause unreliable results for can-i-deploy. Each pact must be published with a unique consumer "
        "version number. Some Pact libraries generate random data when a concrete value for a type matcher is not "
        "specified, and this can cause the contract to mutate - ensure you have given example values for all type "
        "matchers. For more information see https://docs.pact.io/go/versioning"
    )


def version_notices(publication: Publication, *, created: bool) -> list[Notice]:
    """What became of the version."""
    where = f" with branch {publication.branch}" if publication.branch else ""
    if publication.tags:
        where += f"{' and' if where else ' with'} tags {', '.join(publication.tags)}"
    action = "Created" if created else "Updated"
    notices = [Notice("debug", f"{action} {publication.participant} version {publication.version}{where}")]
    if publication.branch is None:
        text = "Configure the version branch to be the value of your repository branch."
        notices.append(Notice("prompt", f"  Next steps:\n    {text}"))
    return notices


def publication_notice(pact: Pact, *, merge: bool, existed: bool) -> Notice:
    """What became of a contract."""
    what = f"{pact.consumer} version {pact.version} and provider {pact.provider}"
    if merge and existed:
        return Notice("success", f"Pact content merged with existing content for {what}.")
    if existed:
        return Notice("success", f"Pact successfully republished for {what} with no content changes.")
    return Notice("success", f"Pact successfully published for {what}.")


def next_steps(provider: str, *, verified: bool, webhooks: bool) -> list[Notice]:
    """What to set up that is not there yet."""
    steps = []
    if not verified:
        steps.append(
            f"Add Pact verification tests to the {provider} build. See https://docs.pact.io/go/provider_verification"
        )
    if not webhooks:
        steps.append(
            f"Configure separate {provider} pact verification build and webhook to trigger it when the pact content "
            "changes. See https://docs.pact.io/go/webhooks"
        )
    if not steps:
        return []
    return [Notice("prompt", "  Next steps:"), *(Notice("prompt", f"    * {step}") for step in steps)]


def change_comment(previous: Sequence[tuple[str | None, Pact | None]], pact: Pact) -> str | None:
    """Why the content counts as changed since the last version with each tag (None: untagged); None if it does not."""
    comments = []
    for tag, before in previous:
        if before is not None and before.sha == pact.sha:
            continue
        if tag is None:
            comments.append(
                "pact content has changed since previous untagged version"
                if before
                else "first time untagged pact published"
            )
        elif before is not None:
            comments.append(f"pact content has changed since the last consumer version tagged with {tag}")
        else:
            comments.append(f"first time any pact published for this consumer with consumer version tagged {tag}")
    return ", ".join(comments) or None


def unchanged_comment(tags: Sequence[str]) -> str:
    """That the content did not change."""
    if len(tags) == 1:
        return f"pact content is the same as previous version with tag {tags[0]} and no new tags were applied"
    return f"pact content is the same as previous versions with tags {', '.join(tags)} and no new tags were applied"
