"""Which consumer versions' pacts a provider verifies: consumer version selectors."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class VersionSelector:
    """One selector; what is None or False does not count.

    Attributes:
        main_branch: the latest version of each consumer's main branch.
        branch: the latest version of a branch.
        fallback_branch: taken where a consumer has no version of the branch.
        matching_branch: the latest version of the branch that the provider is on.
        tag: versions with a tag; with latest the latest of them.
        fallback_tag: taken where no version has the tag.
        latest: only the latest; alone the latest of all.
        deployed: versions that run in an environment; with environment in that one.
        released: versions that are released and supported.
        deployed_or_released: either.
        environment: by its name; alone what is deployed to it or released in it.
        consumer: only this consumer.
    """

    main_branch: bool = False
    branch: str | None = None
    fallback_branch: str | None = None
    matching_branch: bool = False
    tag: str | None = None
    fallback_tag: str | None = None
    latest: bool | None = None
    deployed: bool = False
    released: bool = False
    deployed_or_released: bool = False
    environment: str | None = None
    consumer: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The selector as clients send it."""
        values = {_camel(each.name): getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if value not in {None, False}}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> VersionSelector:
        """A selector from what a client sent; names that are not known are left out.

        Raises:
            TypeError: a value is of another type than it has to be.
        """
        values: dict[str, Any] = {}
        for each in fields(cls):
            value = document.get(_camel(each.name))
            if value is None:
                continue
            wanted = bool if "bool" in str(each.type) else str
            if not isinstance(value, wanted):
                raise TypeError(f"{_camel(each.name)} must be a {'boolean' if wanted is bool else 'string'}")
            values[each.name] = value
        return cls(**values)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
