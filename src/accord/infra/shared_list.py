"""A list of names in a file that several processes change, one at a time."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from accord.infra.locks import locked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def changing(path: Path, *, purpose: str) -> Iterator[list[str]]:
    """The list, to be changed in place while nobody else does; written when the block ends without an error.

    Args:
        path: the file; an empty list where it is not there yet.
        purpose: what is done meanwhile, for the message when somebody else does not let go.

    Raises:
        ResourceError: somebody else held it all the time.
    """
    with locked(path, purpose=purpose) as file:
        text = os.pread(file, os.fstat(file).st_size, 0)
        names: list[str] = json.loads(text) if text else []
        yield names
        os.ftruncate(file, 0)
        os.pwrite(file, json.dumps(names).encode(), 0)
