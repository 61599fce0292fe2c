"""Random values, from the source that the rendering was given."""

from __future__ import annotations

import string
import sys
import uuid
from typing import TYPE_CHECKING, Any

from accord.stub.templating.errors import HelperError
from accord.stub.templating.helpers.arguments import size_within, whole
from accord.stub.templating.helpers.registry import helper
from accord.stub.templating.values import is_number, to_text

if TYPE_CHECKING:
    from accord.stub.templating.calls import Arguments

_ALPHABETS = {
    "ALPHANUMERIC": string.ascii_letters + string.digits,
    "ALPHABETIC": string.ascii_letters,
    "NUMERIC": string.digits,
    "ALPHANUMERIC_AND_SYMBOLS": "".join(map(chr, range(33, 126))),
    "HEXADECIMAL": "ABCDEF0123456789",
}
_ANY = "".join(map(chr, range(32, 127)))
_MAX_INT = 2**31 - 1


@helper("randomValue", "random characters: length=, type=ALPHANUMERIC, ALPHABETIC, NUMERIC, "
        "ALPHANUMERIC_AND_SYMBOLS, HEXADECIMAL or UUID, uppercase=true",
        "{{randomValue type='NUMERIC' length=4}}", None)  # fmt: skip
def _random_value(arguments: Arguments) -> str:
    source = arguments.run.surroundings.random
    kind = to_text(arguments.hash.get("type", "ALPHANUMERIC"))
    if kind == "UUID":
        text = str(uuid.UUID(int=source.getrandbits(128), version=4))
    else:
        length = size_within(arguments, arguments.hash.get("length", 36), "length")
        text = "".join(source.choices(_ALPHABETS.get(kind, _ANY), k=length))
    return text.upper() if arguments.hash.get("uppercase") else text.lower()


@helper("randomInt", "a whole number from lower= up to, not with, upper=", "{{randomInt lower=5 upper=6}}", "5")
def _random_int(arguments: Arguments) -> int:
    lower = whole(arguments.hash.get("lower", -_MAX_INT - 1), "lower")
    upper = whole(arguments.hash.get("upper", _MAX_INT), "upper")
    if upper <= lower:
        raise HelperError(f"upper ({upper}) must be above lower ({lower})")
    return arguments.run.surroundings.random.randrange(lower, upper)


@helper("randomDecimal", "a number from lower= up to upper=", "{{randomDecimal lower=1 upper=2}}", None)
def _random_decimal(arguments: Arguments) -> float:
    lower, upper = (arguments.hash.get(name, default) for name, default in
                    (("lower", sys.float_info.min), ("upper", sys.float_info.max)))  # fmt: skip
    if not is_number(lower) or not is_number(upper):
        raise HelperError("lower and upper must be numbers")
    return arguments.run.surroundings.random.uniform(float(lower), float(upper))


@helper("pickRandom", "one of its parameters or of an array; count= gives so many", "{{pickRandom 'a' 'a'}}", "a")
def _pick_random(arguments: Arguments) -> Any:
    source = arguments.run.surroundings.random
    items = arguments.context if isinstance(arguments.context, list) else [arguments.context, *arguments.parameters]
    if not items:
        raise HelperError("there is nothing to pick from")
    if "count" not in arguments.hash:
        return source.choice(items)
    return source.sample(items, min(whole(arguments.hash["count"], "count"), len(items)))
