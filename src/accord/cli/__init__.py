"""The command line. One file for each group of commands; only here are sibling packages joined."""

from __future__ import annotations

import sys


def main() -> None:
    """The entry point ``accord``: exit code 0 fine, 1 a finding, 2 misuse or a broken tool, 130 interrupted."""
    if sys.argv[1:3] == ["stub", "serve"]:  # it must be up sooner than the other commands are loaded
        from accord.cli.stub_serve import main as serve  # noqa: PLC0415 - as below

        sys.exit(serve(sys.argv[3:]))
    try:
        from accord.cli.program import run  # noqa: PLC0415 - the entry point itself must import nothing heavy
    except KeyboardInterrupt:  # loading the commands takes long enough to be interrupted
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    sys.exit(run(sys.argv[1:]))
