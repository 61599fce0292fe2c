"""Findings: broken contracts. They are AssertionErrors, so that a test runner shows a failed test and not an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.contract.verification import VerificationResult


class PactFailed(AssertionError):  # noqa: N818 - a finding, not an error of the tool
    """What a consumer did is not what its test expects.

    Attributes:
        problems: one text for each request or message that went wrong.
    """

    def __init__(self, title: str, problems: Sequence[str]) -> None:
        super().__init__("\n\n".join([title, *problems]))
        self.problems = tuple(problems)


class VerificationFailed(AssertionError):  # noqa: N818 - as above
    """A provider does not keep a contract.

    Attributes:
        result: the whole result, with what passed too.
    """

    def __init__(self, report: str, result: VerificationResult) -> None:
        super().__init__(report)
        self.result = result
