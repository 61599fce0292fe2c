from __future__ import annotations

import pytest
import typer

import accord
import accord.contract
import accord.faults
import accord.pytest_plugin
from accord.cli.program import MODULES, application


def test_the_names_of_accord_are_these() -> None:
    assert accord.__all__ == [
        "AccordError",
        "Pact",
        "PactFailed",
        "PollTimeout",
        "VerificationFailed",
        "Verifier",
        "__version__",
        "match",
        "poll_until",
    ]


def test_the_names_of_the_contract_package_are_these() -> None:
    assert accord.contract.__all__ == [
        "AsyncMessage",
        "Body",
        "Contract",
        "HttpInteraction",
        "MessageContents",
        "Mismatch",
        "Pact",
        "PactFailed",
        "PactFiles",
        "PactSource",
        "ProviderState",
        "Request",
        "Response",
        "ResultSink",
        "SpecVersion",
        "VerificationFailed",
        "VerificationResult",
        "Verifier",
        "match",
        "match_message",
        "match_request",
        "match_response",
    ]


def test_the_names_of_the_faults_package_are_these() -> None:
    assert accord.faults.__all__ == [
        "Fault",
        "FaultProxyError",
        "FaultServer",
        "FaultUnavailableError",
        "Faults",
        "Link",
        "ProcessFaults",
        "SmallDisk",
        "Toxic",
    ]


@pytest.mark.parametrize("module", [accord, accord.contract, accord.faults])
def test_every_public_name_is_there(module: object) -> None:
    names = module.__all__  # type: ignore[attr-defined]  # a module
    assert dir(module) == sorted(names)
    assert all(getattr(module, name) is not None for name in names)


@pytest.mark.parametrize("module", [accord, accord.contract])
def test_an_unknown_name_lists_those_there_are(module: object) -> None:
    with pytest.raises(AttributeError, match=r"has no attribute 'Pakt'; it has .*Pact, "):
        _ = module.Pakt  # type: ignore[attr-defined]  # that it is not there is the subject


def commands(first: str = "") -> set[str]:
    group = typer.main.get_command(application(first))
    return set(group.commands)  # type: ignore[attr-defined]  # a group


def test_the_commands_are_these() -> None:
    assert sorted(commands()) == [
        "can-i-deploy",
        "can-i-merge",
        "contract",
        "demo",
        "doctor",
        "env",
        "environment",
        "evidence",
        "faults",
        "hub",
        "participant",
        "publish",
        "record-deployment",
        "record-release",
        "record-support-ended",
        "record-undeployment",
        "stub",
        "test",
        "verify",
        "webhook",
    ]


@pytest.mark.parametrize(("command", "module"), MODULES.items())
def test_each_command_is_found_in_its_own_module(command: str, module: str) -> None:
    assert commands(command) == {each for each, home in MODULES.items() if home == module}


def test_the_fixtures_are_these() -> None:
    fixtures = [name for name in accord.pytest_plugin.__all__ if not name.startswith(("pytest_", "_"))]
    assert fixtures == [
        "bus",
        "bus_kind",
        "captured_events",
        "faults",
        "kafka",
        "kafka_alone",
        "kafka_server",
        "nats",
        "nats_alone",
        "nats_server",
        "open_bus",
        "pact",
        "poll_until",
        "postgres",
        "postgres_alone",
        "postgres_isolation",
        "postgres_server",
        "postgres_template",
        "rabbitmq",
        "rabbitmq_alone",
        "rabbitmq_server",
        "recordings",
        "redis",
        "stub_server",
        "traffic",
        "valkey",
        "valkey_alone",
        "valkey_server",
        "verifier",
    ]
