"""The example shop of the checkout, and the break that somebody makes in a copy of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accord.core.errors import AccordError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

_NAMED_HERE = re.compile(r'^(TOTAL\w*(?:: Final)? = )"totalAmount"', re.MULTILINE)
"""The one place in the code, and the one in the tests, that names the field of the current form."""


def rename_total(shop: Path) -> list[Path]:
    """Make the break: rename the field where OrderService names it, in its code and in its own tests."""
    changed = []
    for name in ("src/shop/orders/http/schemas.py", "tests/orders/integration/test_api.py"):
        path = shop / name
        text = path.read_text(encoding="utf-8")
        renamed = _NAMED_HERE.sub(r'\1"total"', text)
        if renamed == text:
            raise AccordError(f"{name} does not name totalAmount any more; the demo's break must follow it")
        path.write_text(renamed, encoding="utf-8")
        changed.append(path)
    return changed


def find_shop(start: Path) -> Path:
    """The example shop of the checkout that a folder is in.

    Raises:
        UsageError: not inside a checkout.
    """
    for folder in (start, *start.parents):
        shop = folder / "examples" / "shop"
        if (shop / "src" / "shop").is_dir():
            return shop
    raise UsageError(
        f"{start} is not inside a checkout of Accord: the demo runs on its examples/shop. "
        "Clone the repository and run `make demo` there"
    )
