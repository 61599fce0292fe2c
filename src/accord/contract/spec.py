"""The versions of the Pact specification."""

from __future__ import annotations

from enum import Enum

from accord.core.errors import UsageError


class SpecVersion(Enum):
    """A version of the Pact specification; its value is what stands in a pact file's metadata."""

    V1 = "1.0.0"
    V1_1 = "1.1.0"
    V2 = "2.0.0"
    V3 = "3.0.0"
    V4 = "4.0"

    @classmethod
    def parse(cls, text: str) -> SpecVersion:
        """Read a version as people and files write it: ``4``, ``4.0``, ``3.0.0``, ``V3``, ``1.1``.

        Raises:
            UsageError: no such version.
        """
        parts = text.strip().lower().removeprefix("v").split(".")
        major, minor = parts[0], parts[1] if len(parts) > 1 else "0"
        if major == "1":
            return cls.V1_1 if minor == "1" else cls.V1
        found = _BY_MAJOR.get(major)
        if found is None or not all(part.isdigit() for part in parts):
            raise UsageError(f"unknown Pact specification version {text!r}; known: 1.0, 1.1, 2.0, 3.0, 4.0")
        return found

    @property
    def is_flat(self) -> bool:
        """Whether rules stand in one flat object and the query is a text, as before V3."""
        return self.major < 3  # noqa: PLR2004 - V3 brought categories

    @property
    def major(self) -> int:
        """The major number, 1 to 4."""
        return int(self.value[0])


_BY_MAJOR = {"2": SpecVersion.V2, "3": SpecVersion.V3, "4": SpecVersion.V4}
