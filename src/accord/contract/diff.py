"""What a consumer asks more, less or differently in a new version of its contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from accord.contract.mismatches import shown
from accord.contract.model import AsyncMessage, HttpInteraction, MessageContents, SyncMessage
from accord.contract.requirements import requirements_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from accord.contract.model import Contract, Interaction, Request, Response

ChangeKind = Literal["more", "less", "different"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        kind: whether the provider is asked for more, for less, or for something else.
        interaction: the title of the interaction.
        place: where in it, such as ``response body $.total``; empty where the whole interaction came or went.
        message: what it was and what it is.
    """

    kind: ChangeKind
    interaction: str
    place: str
    message: str

    def __str__(self) -> str:
        where = f"{self.interaction}: {self.place}" if self.place else self.interaction
        return f"{where}: {self.message}"

    def to_json(self) -> dict[str, str]:
        """The change as JSON."""
        return {"kind": self.kind, "interaction": self.interaction, "place": self.place, "message": self.message}


def diff_contracts(old: Contract, new: Contract) -> list[Change]:
    """Compare two versions of a contract; interactions are the same by their kind, description and states."""
    before, after = _by_identity(old), _by_identity(new)
    changes = [Change("less", each.title, "", "no longer asked") for key, each in before.items() if key not in after]
    for key, interaction in after.items():
        if key in before:
            changes += _diff_interactions(before[key], interaction)
        else:
            changes.append(Change("more", interaction.title, "", "asked now"))
    return changes


def asks_more(changes: list[Change]) -> bool:
    """Whether a provider that kept the old contract may break the new one."""
    return any(change.kind != "less" for change in changes)


def _by_identity(contract: Contract) -> dict[tuple[str, str, str], Interaction]:
    return {
        (
            type(each).__name__,
            each.description,
            repr([(s.name, sorted(s.parameters.items())) for s in each.states]),
        ): each
        for each in contract.interactions
    }


def _diff_interactions(old: Interaction, new: Interaction) -> Iterator[Change]:
    for place, before, after in _parts(old, new):
        for name in dict.fromkeys((*before, *after)):
            message = _difference(before.get(name), after.get(name))
            if message is not None:
                kind: ChangeKind = "more" if name not in before else "less" if name not in after else "different"
                yield Change(kind, new.title, f"{place} {name}".strip(), message)


def _difference(before: str | None, after: str | None) -> str | None:
    if before == after:
        return None
    if before is None:
        return f"now {after}"
    if after is None:
        return f"was {before}, no longer asked"
    return f"was {before}, now {after}"


def _parts(old: Interaction, new: Interaction) -> Iterator[tuple[str, Mapping[str, str], Mapping[str, str]]]:
    """Pairs of places with what is asked there, in words."""
    if isinstance(old, HttpInteraction) and isinstance(new, HttpInteraction):
        yield "request", _line(old.request), _line(new.request)
        yield from _exchange("request", old.request, new.request)
        yield "response", _status(old.response), _status(new.response)
        yield from _exchange("response", old.response, new.response)
    elif isinstance(old, AsyncMessage) and isinstance(new, AsyncMessage):
        yield from _message("message", old.contents, new.contents)
    elif isinstance(old, SyncMessage) and isinstance(new, SyncMessage):
        yield from _message("request", old.request, new.request)
        for index in range(max(len(old.responses), len(new.responses))):
            nothing = MessageContents()
            before = old.responses[index] if index < len(old.responses) else nothing
            after = new.responses[index] if index < len(new.responses) else nothing
            yield from _message(f"answer {index + 1}", before, after)


def _line(request: Request) -> dict[str, str]:
    rules = [str(dict(rule.attributes)) for _, each in request.rules.category("path") for rule in each.rules]
    return {"": f"{request.method} {request.path}{' with ' + ', '.join(rules) if rules else ''}"}


def _status(response: Response) -> dict[str, str]:
    rules = [shown(rule.get("status")) for _, each in response.rules.category("status") for rule in each.rules]
    return {"status": rules[0] if rules else str(response.status)}


def _exchange(
    place: str, old: Request | Response, new: Request | Response
) -> Iterator[tuple[str, Mapping[str, str], Mapping[str, str]]]:
    for category in ("query", "header"):
        before, after = _values(old, category), _values(new, category)
        yield f"{place} {category}", before, after
    yield f"{place} body", _body(old), _body(new)


def _values(part: Request | Response, category: str) -> dict[str, str]:
    values: Mapping[str, tuple[str, ...]] = getattr(part, "query" if category == "query" else "headers", {})
    rules = {str(expression.tokens[0]).lower(): each for expression, each in part.rules.category(category)}
    return {
        name: " and ".join(f"{rule.match} {dict(rule.attributes) or ''}".strip() for rule in rules[name.lower()].rules)
        if name.lower() in rules
        else f"exactly {shown(list(each) if len(each) != 1 else each[0])}"
        for name, each in values.items()
    }


def _message(
    place: str, old: MessageContents, new: MessageContents
) -> Iterator[tuple[str, Mapping[str, str], Mapping[str, str]]]:
    yield f"{place} metadata", _metadata(old.metadata), _metadata(new.metadata)
    yield f"{place} body", _body(old), _body(new)


def _metadata(metadata: Mapping[str, Any]) -> dict[str, str]:
    return {name: shown(value) for name, value in metadata.items()}


def _body(part: Request | Response | MessageContents) -> dict[str, str]:
    found = requirements_of(part.body, part.rules.category("body"))
    if found or not part.body.is_present:
        return {path: each.describe() for path, each in found.items()}
    return {"$": f"exactly {shown(part.body.text())}"}
