"""One comparison of a JSON body, as both engines are asked it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accord.contract import SpecVersion, match_response
from accord.contract.bodies import Body
from accord.contract.model import Response
from accord.contract.reading import response_from_json
from tests.conformance.differential import reference

if TYPE_CHECKING:
    from accord.contract import Mismatch


@dataclass(frozen=True)
class BodyCase:
    """An expected JSON body with its rules, and the body seen.

    Attributes:
        example: the expected body, as JSON text: so that 1, 1.0 and 1e0 stay what they are.
        actual: the body seen, as JSON text.
        rules: ``matchingRules`` as they stand in a file of the version.
        version: of the file.
        content_type: of both; another than JSON's for plain text, in V4 alone.
    """

    example: str
    actual: str
    rules: dict[str, Any] = field(default_factory=dict)
    version: str = "4.0"
    content_type: str = reference.JSON_TYPE

    def ours(self) -> list[Mismatch]:
        """What our engine finds."""
        value = json.loads(self.example) if self.content_type == reference.JSON_TYPE else self.example
        version = SpecVersion.parse(self.version)
        body = {"content": value, "contentType": self.content_type} if version is SpecVersion.V4 else value
        document = {"status": 200, "body": body, "matchingRules": self.rules}
        if version is not SpecVersion.V4:
            document["headers"] = {"Content-Type": "application/json"}
        expected = response_from_json(document, version)
        actual = Response(200, expected.headers, Body.of_bytes(self.actual.encode(), self.content_type))
        return match_response(expected, actual, spec=version)

    def theirs(self) -> list[dict[str, Any]]:
        """What the reference finds."""
        return reference.response_mismatches(self.example, self.actual, self.rules, content_type=self.content_type)

    def __str__(self) -> str:
        rules = json.dumps(self.rules, ensure_ascii=False)
        return f"V{self.version} expected {self.example} with the rules {rules}, seen {self.actual}"


def verdicts(case: BodyCase) -> str | None:
    """What the two say, where one finds a mismatch and the other none; None where they agree."""
    ours, theirs = case.ours(), case.theirs()
    if bool(ours) == bool(theirs):
        return None
    return "\n".join(
        [
            str(case),
            f"ours:      {'; '.join(map(str, ours)) or 'matches'}",
            f"reference: {'; '.join(item['mismatch'] for item in theirs) or 'matches'}",
        ]
    )
