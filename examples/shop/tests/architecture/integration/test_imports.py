"""The shop's own rules about who may import whom, proved on its source and on planted violations."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import shop

SOURCE = Path(shop.__file__).parent
SERVICES = sorted(folder.name for folder in SOURCE.iterdir() if (folder / "main.py").exists())


def imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def violations(place: str, source: str) -> list[str]:
    """What a module at `place`, such as `orders/domain/order`, may not import."""
    service, _, rest = place.partition("/")
    found = []
    for name in imported(source):
        top = name.partition(".")[0]
        others = [other for other in SERVICES if other != service and is_within(name, f"shop.{other}")]
        if top == "accord":
            found.append(f"{place} imports Accord: {name}")
        elif others:
            found.append(f"{place} imports another service: {name}")
        elif (
            rest.startswith("domain")
            and top not in sys.stdlib_module_names
            and not is_within(
                name,
                f"shop.{service}.domain",
            )
        ):
            found.append(f"{place} is domain and imports {name}")
        elif (
            rest.startswith("service")
            and top not in sys.stdlib_module_names
            and not any(is_within(name, f"shop.{service}.{layer}") for layer in ("domain", "service"))
        ):
            found.append(f"{place} is service and imports {name}")
        elif rest.startswith("adapters") and any(
            is_within(name, f"shop.{service}.{layer}") for layer in ("http", "main")
        ):
            found.append(f"{place} is an adapter and imports {name}")
        elif rest.startswith("http") and any(
            is_within(name, f"shop.{service}.{layer}") for layer in ("adapters", "main")
        ):
            found.append(f"{place} is http and imports {name}")
    return found


def test_the_services_are_found() -> None:
    assert {"orders", "payments", "inventory"} <= set(SERVICES)


@pytest.mark.parametrize("package", [*SERVICES, "storefront", "kit"])
def test_every_module_keeps_the_rules(package: str) -> None:
    found = [
        violation
        for file in sorted((SOURCE / package).rglob("*.py"))
        for violation in violations(file.relative_to(SOURCE).with_suffix("").as_posix(), file.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("orders/main", "import accord"),
        ("kit/wire", "from accord.contract import Contract"),
        ("orders/adapters/x", "from shop.payments.domain.payment import Payment"),
        ("kit/wire", "import shop.orders"),
        ("storefront/gateway_client", "from shop.gateway.http.problems import EXPLANATIONS"),
        ("orders/domain/order", "import pydantic"),
        ("orders/domain/order", "from shop.kit.wire import utc_now"),
        ("orders/domain/order", "from shop.orders.service.ports import Clock"),
        ("orders/service/placing", "from shop.orders.adapters.repository import SqlOrderRepository"),
        ("orders/service/placing", "import httpx"),
        ("orders/adapters/repository", "from shop.orders.http.schemas import OrderOut"),
        ("orders/http/routes", "from shop.orders.adapters.repository import SqlOrderRepository"),
    ],
)
def test_a_planted_violation_is_found(place: str, source: str) -> None:
    assert len(violations(place, source)) == 1


def test_what_is_allowed_is_not_found() -> None:
    assert violations("orders/domain/order", "from shop.orders.domain.money import money\nimport decimal") == []
    assert violations("orders/http/routes", "from shop.orders.service.ports import Clock\nimport fastapi") == []
