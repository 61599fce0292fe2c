"""From what a compose file says to a plan, in values alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accord.core.errors import UsageError
from accord.infra.compose.plan import Plan, Service
from accord.infra.compose.reading.file import ComposeFile, merge
from accord.infra.compose.reading.keys import NOTED, REFUSED, USED
from accord.infra.compose.reading.planning import Wishes, make_plan
from accord.infra.compose.variables import Variables
from accord.infra.compose.yaml_texts import parse_yaml_texts

DATABASE = "services:\n  db:\n    image: postgres:16\n    environment: {POSTGRES_PASSWORD: p}\n"


def plan(text: str, *, wishes: Wishes | None = None, **variables: str) -> Plan:
    document = parse_yaml_texts(text, source="f.yaml")
    top = {key: value for key, value in document.items() if key != "services"}
    return make_plan(ComposeFile(Path("/p/f.yaml"), top, document["services"], Variables(variables)), wishes)


def only(text: str, **more: Any) -> Service:
    (service,) = plan(text, **more).services
    return service


def remarks(text: str, **more: Any) -> list[str]:
    return [str(each) for each in plan(text, **more).remarks]


def refusal(text: str, **more: Any) -> str:
    with pytest.raises(UsageError) as caught:
        plan(text, **more)
    return str(caught.value)


def test_postgres_has_the_users_and_the_database_of_its_variables() -> None:
    service = only(
        "services:\n  db:\n    image: postgres:15-alpine\n    ports: ['${PORT:-5433}:5432']\n"
        "    environment: [POSTGRES_USER=u, POSTGRES_DB=d, POSTGRES_PASSWORD]\n    tmpfs: /var/lib/postgresql/data\n",
        POSTGRES_PASSWORD="p w",
    )
    assert service.url == "postgresql://u:p%20w@localhost:5433/d"
    assert service.shown_url == "postgresql://u:***@localhost:5433/d"
    assert (service.asked, service.storage) == ("15", "auto")


def test_the_database_is_named_after_the_user_and_the_user_postgres_where_nothing_is_said() -> None:
    service = only(DATABASE + "    ports: ['5432:5432']")
    assert service.url == "postgresql://postgres:p@localhost:5432/postgres"
    assert service.storage == "disk"


def test_settings_of_postgres_are_read_from_its_command() -> None:
    service = only(DATABASE + "    command: postgres -c max_connections=50 --log-statement=all -cfsync=on -N 7\n")
    settings = dict(service.settings)
    assert (settings["max_connections"], settings["log_statement"], settings["fsync"]) == ("7", "all", "on")


def test_scripts_are_read_beside_the_file_in_the_order_of_their_places_inside() -> None:
    service = only(
        DATABASE + "    volumes: ['./b.sql:/docker-entrypoint-initdb.d/2.sql:ro', 'init:/var/lib/postgresql/data', "
        "{type: bind, source: a.sql, target: /docker-entrypoint-initdb.d/1.sql}]\n"
    )
    assert service.scripts == ("/p/a.sql", "/p/b.sql")


def test_redis_has_the_settings_of_its_command() -> None:
    service = only(
        "services:\n  cache:\n    image: redis:7\n    ports: [6380:6379]\n"
        "    command: redis-server --requirepass s --maxmemory 100mb --save ''\n"
    )
    assert dict(service.settings) == {"databases": "16", "maxmemory": "100mb", "requirepass": "s", "save": ""}
    assert service.url == "redis://:s@localhost:6380"


def test_nats_has_its_user_and_its_monitoring() -> None:
    service = only(
        "services:\n  bus:\n    image: nats:2.10\n    ports: [4223:4222, 8223:8222]\n"
        "    command: ['-js', '-m', '8222', '--user', 'u', '--pass=p']\n"
    )
    assert service.url == "nats://u:p@localhost:4223"
    assert service.extra_port == 8223


def test_rabbitmq_has_its_user_virtual_host_and_management() -> None:
    service = only(
        "services:\n  mq:\n    image: rabbitmq:3-management\n    ports: [5673:5672, 15673:15672]\n"
        "    environment: {RABBITMQ_DEFAULT_USER: u, RABBITMQ_DEFAULT_PASS: p, RABBITMQ_DEFAULT_VHOST: /v}\n"
    )
    assert service.url == "amqp://u:p@localhost:5673/%2Fv"
    assert service.extra_port == 15673


KAFKA = """
services:
  k:
    image: apache/kafka:3.9.0
    environment:
      KAFKA_LISTENERS: PLAINTEXT://:29092,CONTROLLER://:9093,HOST://:9092
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://k:29092,HOST://localhost:9094
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT
"""


def test_kafka_has_the_port_that_is_advertised_to_this_machine() -> None:
    service = only(KAFKA + "    ports: ['9094:9092']")
    assert (service.url, service.provider) == ("localhost:9094", "tansu")


def test_an_advertised_listener_that_nobody_here_reaches_is_said() -> None:
    assert remarks(KAFKA + "    ports: ['9095:9092']") == [
        (
            "k: environment.KAFKA_ADVERTISED_LISTENERS: tells clients k:29092, localhost:9094, which they do not reach from "
            "here with Docker; this broker tells them 127.0.0.1:9095"
        )
    ]


def test_settings_of_kafka_reach_apache_kafka_and_are_refused_for_the_small_broker() -> None:
    text = KAFKA.replace("    environment:", "    environment:\n      KAFKA_MESSAGE_MAX_BYTES: 99")
    service = only(text, wishes=Wishes(kafka="apache"))
    assert dict(service.settings) == {"message.max.bytes": "99"}
    assert "k: environment.KAFKA_MESSAGE_MAX_BYTES: the small broker has no settings" in refusal(text)


def test_zookeeper_is_left_out() -> None:
    text = KAFKA + "    depends_on: [z]\n  z:\n    image: confluentinc/cp-zookeeper:7.5.0\n    ports: [2181:2181]\n"
    assert [each.name for each in plan(text).services] == ["k"]
    assert remarks(text) == ["z: image: ZooKeeper is not started: the broker here does without"]


def test_who_is_waited_for_comes_first() -> None:
    text = (
        "services:\n  a:\n    image: redis\n    depends_on: [b]\n  b:\n    image: redis\n"
        "    depends_on: {c: {condition: service_healthy}}\n  c:\n    image: redis\n"
    )
    assert [each.name for each in plan(text).services] == ["c", "b", "a"]
    assert [each.name for each in plan(text, wishes=Wishes(only=("b",))).services] == ["c", "b"]
    assert [each.name for each in plan(text, wishes=Wishes(without=("b",))).services] == ["a", "c"]


def test_services_of_a_profile_come_when_it_is_asked_for() -> None:
    text = "services:\n  a:\n    image: redis\n  b:\n    image: redis\n    profiles: [more]\n"
    assert [each.name for each in plan(text).services] == ["a"]
    assert [each.name for each in plan(text, wishes=Wishes(profiles=("more",))).services] == ["a", "b"]


def test_variables_of_services_that_are_left_out_need_no_value() -> None:
    text = "services:\n  a:\n    image: redis\n  web:\n    image: ${TAG}\n"
    assert [each.name for each in plan(text, wishes=Wishes(without=("web",))).services] == ["a"]


@pytest.mark.parametrize("key", sorted(NOTED))
def test_a_key_that_is_passed_over_is_said(key: str) -> None:
    assert remarks(DATABASE + f"    {key}: x\n") == [f"db: {key}: passed over: {NOTED[key]}"]


@pytest.mark.parametrize("key", sorted(REFUSED))
def test_a_key_that_would_change_the_meaning_is_refused_unless_it_is_to_be_ignored(key: str) -> None:
    text = DATABASE + f"    {key}: x\n"
    assert f"\n  db: {key}: {REFUSED[key].format(service='db')}\n" in refusal(text)
    for name in (key, f"db.{key}"):
        assert remarks(text, wishes=Wishes(ignored=frozenset({name}))) == [f"db: {key}: ignored, as asked"]


def test_no_key_is_in_two_tables() -> None:
    tables = [*USED, *NOTED, *REFUSED]
    assert len(tables) == len(set(tables))


def test_what_is_for_other_tools_is_passed_over_silently() -> None:
    assert remarks(f"version: '3.8'\nx-a: 1\n{DATABASE}    x-b: 1\n    healthcheck: {{test: [CMD, x]}}\n") == []


def test_an_address_beyond_loopback_is_said() -> None:
    assert remarks(DATABASE + "    ports: ['0.0.0.0:5433:5432']\n") == [
        "db: ports: 0.0.0.0:5433:5432 asks for every address of this machine; here it is 127.0.0.1 alone"
    ]


def test_every_refusal_is_named_at_once() -> None:
    said = refusal(DATABASE + "    entrypoint: x\n    secrets: [x]\n    imagee: x\n")
    assert "db: entrypoint:" in said
    assert "db: secrets:" in said
    assert "db: imagee: is no key of a service; did you mean 'image'?" in said
    assert said.endswith("Change the file, or go without it: --ignore db.entrypoint")


def test_an_ignored_key_that_nothing_would_refuse_is_an_error() -> None:
    said = refusal(DATABASE, wishes=Wishes(ignored=frozenset({"db.entrypont"})))
    assert (
        said == "--ignore db.entrypont: /p/f.yaml has nothing of that name that would be refused; leave the option out"
    )


def test_a_plan_is_the_same_after_it_was_written() -> None:
    made = plan(
        KAFKA + "    ports: ['9094:9092']\n  db:\n    image: postgres\n    environment: {POSTGRES_PASSWORD: p}\n"
    )
    again = Plan.from_json(made.to_json())
    assert again.services == made.services
    assert again.digest == made.digest


def test_exports_name_every_service_and_the_kind_that_is_there_once() -> None:
    text = (
        DATABASE
        + "    ports: ['5433:5432']\n  a-1:\n    image: redis\n    ports: [6380:6379]\n  b:\n    image: redis\n    ports: [6381:6379]\n"
    )
    url = "postgresql://postgres:p@localhost:5433/postgres"
    assert plan(text).exports() == {
        "DB_URL": url, "DATABASE_URL": url, "A_1_URL": "redis://localhost:6380", "B_URL": "redis://localhost:6381",
    }  # fmt: skip


def test_what_extends_keeps_its_own_and_adds_to_lists() -> None:
    base = {
        "image": "a",
        "environment": ["A=1", "B=1"],
        "ports": ["1:1"],
        "command": ["x"],
        "healthcheck": {"test": "t"},
    }
    own = {"environment": {"B": "2"}, "ports": ["2:2"], "command": ["y"], "healthcheck": {"retries": "3"}}
    assert merge(base, own) == {
        "image": "a", "environment": {"A": "1", "B": "2"}, "ports": ["1:1", "2:2"], "command": ["y"],
        "healthcheck": {"test": "t", "retries": "3"},
    }  # fmt: skip
