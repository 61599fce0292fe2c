"""Base64, percent encoding and forms."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, unquote_plus

from accord.stub.templating.errors import HelperError
from accord.stub.templating.helpers.registry import helper
from accord.stub.templating.values import Several, to_text

if TYPE_CHECKING:
    from accord.stub.templating.calls import Arguments


@helper("base64", "in Base64, or out of it with decode=true; padding=false leaves the = away", "{{base64 'hello'}}",
        "aGVsbG8=")  # fmt: skip
def _base64(arguments: Arguments) -> str:
    text = arguments.body() if arguments.is_block else to_text(arguments.context)
    if arguments.hash.get("decode"):
        try:
            return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError) as error:
            raise HelperError(f"{text[:50]!r} is not Base64: {error}") from None
    encoded = base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()
    return encoded.rstrip("=") if arguments.hash.get("padding") is False else encoded


@helper("urlEncode", "for an address, or back with decode=true", "{{urlEncode 'a b&c'}}", "a+b%26c")
def _url_encode(arguments: Arguments) -> str:
    text = to_text(arguments.context)
    if arguments.hash.get("decode"):
        return unquote_plus(text)
    return quote_plus(text, safe="*").replace("~", "%7E")


@helper("formData", "the fields of a form, kept under a name or given back; urlDecode=true decodes them",
        "{{formData 'a=1&b=x+y' 'form' urlDecode=true}}{{form.b}}", "x y")  # fmt: skip
def _form_data(arguments: Arguments) -> Any:
    encoding = to_text(arguments.hash.get("encoding", "utf-8"))
    fields: dict[str, Several] = {}
    for pair in to_text(arguments.context).split("&"):
        name, _, value = pair.partition("=")
        value = value.partition("=")[0].strip()
        if not value:
            continue
        if arguments.hash.get("urlDecode") is True:
            value = unquote_plus(value, encoding)
        fields.setdefault(name, Several()).append(value)
    if arguments.parameters:
        arguments.run.assigned[to_text(arguments.parameters[0])] = fields
        return None
    return fields
