"""What a matcher is: an example with the rules that stand for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.contract.rules import Rule


@dataclass(frozen=True, slots=True)
class Matcher:
    """An example with the rule that stands for it.

    Attributes:
        example: a value, which may hold further matchers.
        rule: the matching rule.
        repeated: for arrays: how many times the only item is repeated in the example; None where it is no array.
        generator: a generator as it stands in a pact file, or None.
        also: further rules for the same place.
        combine: whether all rules must hold (``AND``) or one of them (``OR``).
        keyed: for objects: the keys of the example are examples too, and what is said of a value counts for all.
        variants: for arrays of which some items are known: a template for each.
        optional: the value may be null, and its key absent.
    """

    example: Any
    rule: Rule
    repeated: int | None = None
    generator: Mapping[str, Any] | None = field(default=None)
    also: tuple[Rule, ...] = ()
    combine: Literal["AND", "OR"] = "AND"
    keyed: bool = False
    variants: tuple[Any, ...] | None = None
    optional: bool = False

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules for the place."""
        return (self.rule, *self.also)

    @property
    def is_plain(self) -> bool:
        """Whether it is about a single value: its rules say all there is to say."""
        special = self.repeated is not None or self.keyed or self.variants is not None or self.optional
        return not special and not isinstance(self.example, (dict, list, Matcher))


def plain_example(template: Any) -> Any:
    """The example of a template, without its matchers; for single values."""
    while isinstance(template, Matcher):
        template = template.example
    return template
