"""The helpers, a file for each kind; importing them registers them."""

from accord.stub.templating.helpers import (  # noqa: F401 - imported to register their helpers
    arrays,
    conditions,
    dates,
    encodings,
    json_documents,
    numbers,
    random_values,
    texts,
    variables,
    xml_documents,
)
from accord.stub.templating.helpers.registry import HELPERS, REFUSED, Helper

__all__ = ["HELPERS", "REFUSED", "Helper", "working_helpers"]


def working_helpers() -> list[Helper]:
    """The helpers that work, by name: what the table in the documentation is made of."""
    return [HELPERS[name] for name in sorted(HELPERS, key=str.lower)]
