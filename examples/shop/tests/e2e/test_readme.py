"""The README's order with curl, word for word, on the shop that is running here."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from whole_shop import WholeShop
from whole_shop.seeding import customer, put_on_shelf

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_an_order_with_curl(shop: WholeShop) -> None:
    put_on_shelf(shop.gateway, "prod-1", 100)
    customer(shop.gateway, "ada@example.com", "correct horse", pays_by="tok_visa")
    (commands,) = re.findall(r"```sh\n(# with the shop running\n.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    for name, process in shop.services.items():
        commands = commands.replace(f"http://127.0.0.1:{process.service.port}", shop.url_of(name))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        capture_output=True, text=True, check=False, timeout=50, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert '"status":"confirmed"' in done.stdout
    assert '"type":"order_confirmation"' in done.stdout
    assert '"availableQuantity":98' in done.stdout
