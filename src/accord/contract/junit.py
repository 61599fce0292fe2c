"""A verification's result as JUnit XML, for CI servers: a suite for each contract, a case for each interaction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from accord.contract.verification import ContractResult, InteractionResult, VerificationResult

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(result: VerificationResult) -> bytes:
    """The document, in UTF-8."""
    root = ET.Element("testsuites", name=_clean(f"{result.provider} verification"))
    for contract in result.contracts:
        root.append(_suite(contract))
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _suite(contract: ContractResult) -> ET.Element:
    results = contract.interactions
    suite = ET.Element(
        "testsuite",
        name=_clean(f"{contract.contract.consumer} -> {contract.contract.provider}"),
        tests=str(len(results)),
        failures=str(sum(each.status == "failed" and each.problem is None for each in results)),
        errors=str(sum(each.status == "failed" and each.problem is not None for each in results)),
        skipped=str(sum(each.status == "pending" for each in results)),
        time=f"{sum(each.seconds for each in results):.6f}",
    )
    for each in results:
        suite.append(_case(each, suite.get("name", "")))
    return suite


def _case(result: InteractionResult, suite: str) -> ET.Element:
    case = ET.Element("testcase", classname=suite, name=_clean(result.interaction.title), time=f"{result.seconds:.6f}")
    if result.status == "passed":
        return case
    lines = [*map(str, result.mismatches), *filter(None, (result.problem, result.hint, result.traceback))]
    tag = "skipped" if result.status == "pending" else "failure" if result.problem is None else "error"
    wrong = ET.SubElement(case, tag, message=_clean(lines[0].splitlines()[0]))
    wrong.text = _clean("\n".join(lines))
    return case


def _clean(text: str) -> str:
    """XML has no room for control characters, which a provider may well send."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
