"""Generators in bodies that are not taken apart: only at the root ``$``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.contract.bodies import Body
from accord.contract.generators.values import as_text
from accord.contract.paths import format_path
from accord.core.errors import ContractFormatError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.contract.generators.json_body import Entry


def generate_text(body: Body, entries: Sequence[Entry]) -> Body:
    """A text with what the generator at the root gives.

    Raises:
        ContractFormatError: a generator further down, where a text has nothing.
    """
    for tokens, replace in entries:
        if tokens:
            raise ContractFormatError(
                f"a generator at {format_path(tokens)} in a body of {body.media_type()}, which has no such place; "
                "in a text, generators stand at '$'"
            )
        body = Body.of_text(as_text(replace(body.text())), body.content_type)
    return body
