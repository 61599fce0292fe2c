"""Where the reference and we judge requests and responses differently, and why we stay: see disagreements.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.conformance.differential.cases import BodyCase
from tests.conformance.differential.disagreements import known
from tests.conformance.differential.http_cases import RequestCase, ResponseCase
from tests.conformance.differential.shapes import rule_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conformance.differential.disagreements import Disagreement


@dataclass(frozen=True)
class HttpDisagreement:
    """As Disagreement, for requests and responses."""

    name: str
    case: RequestCase | ResponseCase
    we_match: bool
    because: str
    shape: Callable[[RequestCase | ResponseCase], bool]


def known_http(case: RequestCase | ResponseCase) -> HttpDisagreement | Disagreement | None:
    """The kind a case is of, or None; its JSON body may be of a kind too."""
    if isinstance(case, RequestCase) and case.body is not None:
        return known(BodyCase(case.body, case.sent_body, case.rules))
    return next((item for item in HTTP_DISAGREEMENTS if item.shape(case)), None)


def _lines_that_hold_a_list(case: RequestCase | ResponseCase) -> bool:
    """A header that is one line with commas on one side, and several values on the other."""
    if isinstance(case, RequestCase) or case.version != "4.0":
        return False
    for name, values in case.document["headers"].items():
        lines = [value for key, value in case.headers if key.lower() == name.lower()]
        if len(lines) != len(values) and len(",".join(lines).split(",")) == len(",".join(values).split(",")):
            return True
    return False


def _encoded_path(case: RequestCase | ResponseCase) -> bool:
    return isinstance(case, RequestCase) and "%" in case.sent_target.partition("?")[0]


def _negative_whole_number(case: RequestCase | ResponseCase) -> bool:
    rules = case.rules if isinstance(case, RequestCase) else case.document["matchingRules"]
    values = case.sent_target if isinstance(case, RequestCase) else str(case.headers)
    return "integer" in rule_names(rules) and re.search(r"-\d", values) is not None


HTTP_DISAGREEMENTS: tuple[HttpDisagreement, ...] = (
    HttpDisagreement(
        "several header lines and one line with commas are the same",
        ResponseCase({"status": 200, "headers": {"X-Tag": ["a", "b"]}}, headers=(("X-Tag", "a, b"),)),
        we_match=True,
        because="the specification is silent of several lines; RFC 9110, section 5.3: lines of one name may be joined with commas without a change of meaning, and "
        "servers and proxies do. The reference splits lines of headers it knows to be lists only",
        shape=_lines_that_hold_a_list,
    ),
    HttpDisagreement(
        "a path is the same however it is encoded",
        RequestCase("/ünï", "/%C3%BCn%C3%AF"),
        we_match=True,
        because="the specification is silent of encodings; RFC 3986, section 6.2.2: a character and its percent-encoding are one path, and no client sends ü bare",
        shape=_encoded_path,
    ),
    HttpDisagreement(
        "a whole number in a query may be negative",
        RequestCase("/", "/?q=-3", query={"q": ["1"]}, rules={"query": {"q": {"matchers": [{"match": "integer"}]}}}),
        we_match=True,
        because="V3, Integer: 'This checks if the type of the value is an integer', and -3 is one, as the reference itself "
        "says of it in JSON",
        shape=_negative_whole_number,
    ),
)
