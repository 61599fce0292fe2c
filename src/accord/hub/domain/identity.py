"""What makes two pacts the same: the SHA-1 of what a verification depends on, as the reference computes it.

The hash is over compact JSON of the interactions and the specification's version, with keys and interactions sorted.
Other hubs and clients keep these hashes in URLs, so numbers and strings have to come out to the last character.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

_SECTIONS = ("interactions", "messages")


def pact_sha(pact: dict[str, Any]) -> str:
    """The identity of a pact's content, 40 hexadecimal digits."""
    return _sha(_verifiable(_sorted_content(pact)))


def interaction_sha(interaction: dict[str, Any]) -> str:
    """The identity of one interaction; an ``_id`` that it has already does not count."""
    without = {key: interaction[key] for key in sorted(interaction) if key != "_id"}
    return _sha(without)


def with_interaction_ids(pact: dict[str, Any]) -> dict[str, Any]:
    """The pact with ``_id`` as the first key of each interaction and message."""
    result = dict(pact)
    for section in _SECTIONS:
        if isinstance(pact.get(section), list):
            result[section] = [_with_id(each) for each in pact[section]]
    return result


def specification_version(pact: dict[str, Any]) -> Any:
    """The version of the specification, wherever a writer of pacts put it; None if nowhere."""
    metadata = pact.get("metadata")
    if not isinstance(metadata, dict):
        return None
    for key in ("pactSpecification", "pact-specification"):
        nested = metadata.get(key)
        if isinstance(nested, dict) and nested.get("version"):
            return nested["version"]
    return metadata.get("pactSpecificationVersion")


def canonical_json(value: Any) -> str:
    """JSON with the reference's way to write numbers: ``1.0e+16`` where Python writes ``1e+16``."""
    if _has_large_float(value):
        return _written(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _with_id(interaction: Any) -> Any:
    if not isinstance(interaction, dict):
        return interaction
    return {"_id": interaction_sha(interaction), **{k: v for k, v in interaction.items() if k != "_id"}}


def _sha(value: Any) -> str:
    # An identity that clients know, not a protection.
    return hashlib.sha1(canonical_json(value).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _verifiable(pact: dict[str, Any]) -> dict[str, Any]:
    content = {section: pact[section] for section in _SECTIONS if pact.get(section) is not None}
    if not content:
        return pact
    version = specification_version(pact)
    return {**content, "pact_specification_version": version} if version is not None else content


def _sorted_content(pact: dict[str, Any]) -> dict[str, Any]:
    # The reference sorts the first section that there is, and keeps the order of the other.
    section = next((each for each in _SECTIONS if pact.get(each) is not None), None)
    if section is None:
        return pact
    result: dict[str, Any] = _sorted_keys(pact)
    if isinstance(result[section], list):
        result[section] = sorted(
            result[section], key=lambda each: canonical_json(each).encode("utf-8", "surrogatepass")
        )
    return result


def _sorted_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted_keys(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted_keys(each) for each in value]
    return value


def _has_large_float(value: Any) -> bool:
    if isinstance(value, float):
        return "e" in repr(value)
    if isinstance(value, dict):
        return any(map(_has_large_float, value.values()))
    return isinstance(value, list) and any(map(_has_large_float, value))


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{_written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    if isinstance(value, float):
        digits, exponent, power = repr(value).partition("e")
        return f"{digits}.0{exponent}{power}" if exponent and "." not in digits else repr(value)
    return json.dumps(value, ensure_ascii=False)
