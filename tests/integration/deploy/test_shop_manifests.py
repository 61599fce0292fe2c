"""The shop's compose file and its Kubernetes manifests say what `make shop` does, and are what their tools accept."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
SHOP = ROOT / "examples" / "shop"
MANIFESTS = ROOT / "deploy" / "shop"
sys.path.append(str(ROOT / ".tools" / "python"))  # kubernetes-validate
sys.path.append(str(SHOP / "tests" / "support"))  # what `make shop` runs
from whole_shop.services import SERVICES  # noqa: E402 - found by the line above

COMPOSE = yaml.safe_load((SHOP / "compose.yaml").read_text(encoding="utf-8"))
KUBERNETES: list[dict[str, Any]] = [
    document
    for file in sorted(MANIFESTS.glob("*.yaml"))
    for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))
]
every_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


def named(kind: str, name: str) -> dict[str, Any]:
    (found,) = [each for each in KUBERNETES if each["kind"] == kind and each["metadata"]["name"] == name]
    return found


def test_nothing_else_is_deployed() -> None:
    names = {service.name for service in SERVICES}
    assert set(COMPOSE["services"]) == names | {"database", "bus"}
    assert {each["metadata"]["name"] for each in KUBERNETES if each["kind"] == "Deployment"} == names


@every_service
def test_compose_runs_the_service_as_make_shop_does(service: Any) -> None:
    found = COMPOSE["services"][service.name]
    variables = found["environment"]
    assert variables[service.port_variable] == str(service.port)
    assert f"http://127.0.0.1:{service.port}/ready" in found["healthcheck"]["test"][-1]
    started = " ".join(found.get("entrypoint", [])) or found["command"]
    assert re.search(rf"\bshop\.{service.name}$", started)
    assert service.has_database == (service.database_variable in variables) == ("migrate" in started)


@pytest.mark.parametrize(
    "settings", [COMPOSE["x-settings"], named("ConfigMap", "shop")["data"]], ids=["compose", "k8s"]
)
def test_the_services_are_told_where_the_others_are(settings: dict[str, str]) -> None:
    addresses = {name: value for name, value in settings.items() if name.endswith("_SERVICE_URL")}
    assert addresses == {
        service.address_variable: f"http://{service.name}:{service.port}"
        for service in SERVICES
        if service.has_database
    }
    assert settings["SHOP_BUS_URL"].startswith("nats://")


def test_each_service_has_a_database_of_its_own() -> None:
    text = (SHOP / "databases.sql").read_text(encoding="utf-8")
    owners = dict(re.findall(r"CREATE DATABASE (\w+) OWNER (\w+);", text))
    assert owners == {service.name: service.name for service in SERVICES if service.has_database}
    for name in owners:
        assert f"CREATE ROLE {name} LOGIN" in text
        assert f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC;" in text


@every_service
def test_kubernetes_runs_the_service_as_make_shop_does(service: Any) -> None:
    pod = named("Deployment", service.name)["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["args"] == [f"shop.{service.name}"]
    assert container["ports"] == [{"name": "http", "containerPort": service.port}]
    assert {each["name"]: each["value"] for each in container["env"]}[service.port_variable] == str(service.port)
    assert container["readinessProbe"]["httpGet"]["path"] == "/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health"
    migrations = [each["args"] for each in pod.get("initContainers", [])]
    assert migrations == ([[f"shop.{service.name}", "migrate"]] if service.has_database else [])
    assert named("Service", service.name)["spec"]["ports"][0]["port"] == service.port


@pytest.mark.parametrize("document", KUBERNETES, ids=lambda each: f"{each['kind']} {each['metadata']['name']}")
def test_kubernetes_accepts_the_manifest(document: dict[str, Any]) -> None:
    validator = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not here: make tools")
    validator.validate(document, "1.33", strict=True)


@every_service
def test_no_container_may_do_more_than_it_must(service: Any) -> None:
    pod = named("Deployment", service.name)["spec"]["template"]["spec"]
    for container in [*pod["containers"], *pod.get("initContainers", [])]:
        allowed = container["securityContext"]
        assert allowed["runAsNonRoot"]
        assert allowed["readOnlyRootFilesystem"]
        assert allowed["allowPrivilegeEscalation"] is False
        assert allowed["capabilities"] == {"drop": ["ALL"]}
