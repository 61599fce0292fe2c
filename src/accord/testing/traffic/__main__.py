"""``python -m accord.testing.traffic MODULE [ARGUMENTS]``: run a module as ``python -m`` does, its calls noted."""

from __future__ import annotations

import runpy
import sys

from accord.core.errors import AccordError
from accord.testing.traffic.traffic import noted_by_environment

_MISUSE = 2


def main() -> int:
    """Run the module that the command line names."""
    _, *arguments = sys.argv
    if not arguments or arguments[0].startswith("-"):
        sys.stderr.write("error: name a module: python -m accord.testing.traffic my.service [its arguments]\n")
        return _MISUSE
    sys.argv = arguments
    try:
        with noted_by_environment():
            runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
    except AccordError as error:
        sys.stderr.write(f"error: {error}\n")
        return _MISUSE
    return 0


if __name__ == "__main__":
    sys.exit(main())
