"""Bodies as they are kept in files of JSON: without secrets, and readable wherever they are text."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from accord.contract.bodies import is_json

if TYPE_CHECKING:
    from accord.core.scrubbing import Scrubber


def keep_body(body: bytes, content_type: str | None, scrubber: Scrubber) -> dict[str, Any]:
    """A body as one member of an object: ``body`` (a JSON value), ``text``, or ``base64`` of what is no text.

    Raises:
        RecursionError: JSON that is nested too deep to be read.
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    try:
        text = body.decode()
        if is_json(kind):
            return {"body": scrubber.value(json.loads(text))}
        if kind == "application/x-www-form-urlencoded":
            return {"text": scrubber.target(f"?{text}").removeprefix("?")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}
    except ValueError:
        pass  # said to be JSON, and is none
    return {"text": scrubber.text(text)}


def kept_body(kept: dict[str, Any]) -> bytes:
    """The body, of an object that it is kept in; nothing where there is none."""
    if "body" in kept:
        return json.dumps(kept["body"], ensure_ascii=False).encode("utf-8", "backslashreplace")
    return str(kept["text"]).encode() if "text" in kept else base64.b64decode(kept.get("base64", ""))
