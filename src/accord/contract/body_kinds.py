"""The kinds of body there are: by media type, how two of a kind are compared and how generators change one.

A kind names its functions instead of importing them: a contract pays only for the kinds it holds. Another kind is
registered beside these; none of them changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from accord.contract.bodies import is_json, is_xml

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class BodyKind:
    """One kind of body.

    Attributes:
        name: such as ``json``.
        fits: whether a media type is of this kind.
        matcher: ``module:function`` of (expected, actual, rules, allow_unexpected), which gives mismatches; two
            bodies and the rules of the category ``body``.
        generator: ``module:function`` of (body, entries, replace), which gives the new body; None where generators
            cannot be applied.
    """

    name: str
    fits: Callable[[str], bool]
    matcher: str
    generator: str | None = None


_MATCHING, _GENERATORS = "accord.contract.matching", "accord.contract.generators"

TEXT = BodyKind(
    "text", lambda _: True, f"{_MATCHING}.text_body:match_text_body", f"{_GENERATORS}.text_body:generate_text"
)
_kinds: list[BodyKind] = [
    BodyKind("json", is_json, f"{_MATCHING}.json_body:match_json_body", f"{_GENERATORS}.json_body:generate_json"),
    BodyKind("xml", is_xml, f"{_MATCHING}.xml_body:match_xml_body", f"{_GENERATORS}.xml_body:generate_xml"),
    BodyKind(
        "form",
        lambda media_type: media_type == "application/x-www-form-urlencoded",
        f"{_MATCHING}.form_body:match_form_body",
        f"{_GENERATORS}.form_body:generate_form",
    ),
    BodyKind(
        "multipart",
        lambda media_type: media_type.startswith("multipart/"),
        f"{_MATCHING}.multipart_body:match_multipart_body",
    ),
]


def register_body_kind(kind: BodyKind) -> None:
    """Add a kind; it comes before those that are there."""
    _kinds.insert(0, kind)
    body_kind.cache_clear()


@lru_cache(maxsize=256)
def body_kind(media_type: str | None) -> BodyKind:
    """The kind of a media type; everything without a kind of its own is text."""
    return next((kind for kind in _kinds if media_type and kind.fits(media_type)), TEXT)


@lru_cache(maxsize=32)
def load(name: str) -> Any:
    """The function a kind names."""
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)
