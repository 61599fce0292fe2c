"""Asks a running WireMock for its answers to all cases: ``python -m tests.conformance.wiremock.record http://localhost:8080``."""

from __future__ import annotations

import json
import sys

from tests.conformance.wiremock.exchange import ANSWERS, CASES, exchange


def main(base_url: str) -> None:
    found = {case["name"]: exchange(base_url, case) for case in CASES}
    ANSWERS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{sum(map(len, found.values()))} answers to {len(found)} cases")


if __name__ == "__main__":
    main(sys.argv[1])
