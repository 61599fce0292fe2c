"""Run the official cases of the Pact specification: python tests/conformance/run_spec_cases.py DIR [--failed].

A case is a JSON file {match, comment, expected, actual} below a folder request, response or message, itself below a
folder whose name holds the version: version-1, version-1.1, version-2, version-3, version-4. The last line reads
`N passed, N failed`; the exit code is 1 when a case fails and 2 when there is no case.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accord.contract import SpecVersion, match_message, match_request, match_response
from accord.contract.reading import message_from_json, request_from_json, response_from_json
from accord.core.documents import read_json_file
from accord.core.errors import AccordError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.contract import Mismatch

PARTS = {
    "request": (request_from_json, match_request),
    "response": (response_from_json, match_response),
    "message": (message_from_json, match_message),
}


@dataclass(frozen=True)
class SpecCase:
    """One official case and where it is from."""

    path: Path
    part: str
    spec: SpecVersion
    should_match: bool
    expected: dict[str, Any]
    actual: dict[str, Any]

    def run(self) -> list[Mismatch]:
        """Compare; the mismatches say why, whatever the case wants."""
        read, match = PARTS[self.part]
        expected, actual = (read(document, self.spec) for document in (self.expected, self.actual))
        return match(expected, actual, spec=self.spec)  # type: ignore[arg-type]


def find_cases(root: Path) -> Iterator[SpecCase]:
    """All cases below a folder, in the order of their paths."""
    for path in sorted(root.rglob("*.json")):
        parts = path.parts
        part = next((name for name in reversed(parts[:-1]) if name in PARTS), None)
        version = next((found[1] for name in parts if (found := re.search(r"version-(\d(?:\.\d)?)$", name))), None)
        document = read_json_file(path)
        if part is None or not isinstance(document, dict) or "match" not in document:
            continue
        yield SpecCase(
            path, part, SpecVersion.parse(version or "4"), document["match"], document["expected"], document["actual"]
        )


def outcome(case: SpecCase) -> str | None:
    """None when the case passes, else why it does not."""
    try:
        mismatches = case.run()
    except AccordError as error:
        return f"error: {error}"
    if (not mismatches) == case.should_match:
        return None
    if case.should_match:
        return "should match: " + "; ".join(map(str, mismatches))
    return "should not match"


def main() -> int:
    """Run all cases below the folder given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the folder with the cases")
    folder = parser.parse_args().folder
    if not folder.is_dir():
        print(f"{folder} is no folder", file=sys.stderr)
        return 2
    passed = failed = 0
    for case in find_cases(folder):
        reason = outcome(case)
        if reason is None:
            passed += 1
        else:
            failed += 1
            print(f"FAILED {case.path.relative_to(folder)}: {reason}")
    if not passed + failed:
        print(f"no case found below {folder}", file=sys.stderr)
        return 2
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
