"""Compose files that cannot be brought up: each is refused with exit code 2 and a message that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.infra.compose.conftest import Project

REDIS = "services:\n  cache:\n    image: redis:7\n"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)
KNOWN = (
    "postgres, redis, valkey/valkey, nats, rabbitmq, apache/kafka, apache/kafka-native, confluentinc/cp-kafka, "
    "confluentinc/confluent-local, zookeeper, confluentinc/cp-zookeeper"
)
HEAD = "FILE asks for what servers without containers do not have:\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            REDIS + "    prots: [6380:6379]\n",
            HEAD + "  cache: prots: is no key of a service; did you mean 'ports'?\n"
            "Change the file, or go without it: --ignore cache.prots",
            id="unknown key",
        ),
        pytest.param(
            "services:\n  web:\n    image: shop/orders:1\n",
            "FILE: the service web has the image shop/orders:1, which is none of those that run here without a container. "
            f"Those are {KNOWN}. Leave it out (--without web) and run it yourself, or bring the file up in containers "
            "(--docker), which needs Docker.",
            id="no such image",
        ),
        pytest.param(
            "services:\n  web:\n    build: .\n",
            f"FILE: the service web is built from your files. Those are {KNOWN}. Leave it out (--without web) and run it "
            "yourself, or bring the file up in containers (--docker), which needs Docker.",
            id="built",
        ),
        pytest.param(
            REDIS + "    ports: ['99999:6379']\n",
            "services.cache.ports[0]: '99999' in '99999:6379' is no port; expected a number from 1 to 65535",
            id="bad port",
        ),
        pytest.param(
            REDIS + "    ports: ['a:b:c:d']\n",
            'services.cache.ports[0]: \'a:b:c:d\' is no port; expected "5433:5432" (here, inside)',
            id="no port",
        ),
        pytest.param(
            REDIS + "    ports: ['6380-6382:6379-6381']\n",
            "services.cache.ports[0]: '6380-6382:6379-6381' is a range; a server here has one port: write it as one, such as "
            "5433:5432",
            id="range of ports",
        ),
        pytest.param(
            REDIS + "    ports: ['6380:6379/udp']\n",
            "services.cache.ports[0]: udp in '6380:6379/udp'; the servers here listen on TCP alone",
            id="udp",
        ),
        pytest.param(
            REDIS + "    ports: ['6380:6380']\n",
            HEAD + "  cache: ports: nothing here is behind port 6380; what is there: 6379\n"
            "Change the file, or go without it: --ignore cache.ports",
            id="port of nothing",
        ),
        pytest.param(
            REDIS + "    ports: ['192.168.1.2:6380:6379']\n",
            HEAD + "  cache: ports: 192.168.1.2:6380:6379 asks for the address 192.168.1.2; servers here are on 127.0.0.1 "
            "alone\nChange the file, or go without it: --ignore cache.ports",
            id="another address",
        ),
        pytest.param(
            "services:\n  a:\n    image: redis\n    ports: [6380:6379]\n  b:\n    image: redis\n    ports: [6380:6379]\n",
            "FILE: a and b both have the port 6380 of this machine",
            id="one port twice",
        ),
        pytest.param("just a text", "FILE: is no compose file: `services:` with at least one service was expected; it is no "
                     "mapping", id="no mapping"),
        pytest.param("a: [1", 'FILE: is not valid YAML: while parsing a flow sequence in "<unicode string>", line 1, column '
                     "4: a: [1 ^ expected ',' or ']', but got '<stream end>' in \"<unicode string>\", line 1, column 6: a: "
                     "[1 ^", id="no YAML"),
        pytest.param("#" * 10_000_000, "FILE: is 10.0 MB; the limit is 0.2 MB", id="10 MB"),
        pytest.param(BOMB, "FILE: holds more than 20000 values, with its aliases written out (line 1)", id="a YAML bomb"),
        pytest.param("", "FILE: is empty; a compose file with `services:` was expected", id="empty"),
        pytest.param("version: '3.8'\nvolumes: {}\n", "FILE: is no compose file: `services:` with at least one service was "
                     "expected; its keys are version, volumes", id="no services"),
        pytest.param("services:\n  cache:\n", "FILE: services.cache: expected keys such as image and ports, seen None",
                     id="an empty service"),
        pytest.param(
            REDIS + "    ports: ['${NOT_SET_ANYWHERE}:6379']\n",
            "services.cache.ports[0]: the variable NOT_SET_ANYWHERE is not set and has no default. Set it in the environment "
            "or in .env beside the file, or write ${NOT_SET_ANYWHERE:-} where an empty text is meant.",
            id="a variable that is not set",
        ),
        pytest.param(
            "services:\n  db:\n    image: postgres\n",
            "services.db.environment: POSTGRES_PASSWORD is missing, and the image does not start without. Set it, or "
            "POSTGRES_HOST_AUTH_METHOD: trust",
            id="no password",
        ),
        pytest.param(
            "services:\n  db:\n    image: postgres\n    environment: {POSTGRES_PASSWORD: p, POSTGRES_INITDB_ARGS: x}\n",
            HEAD + "  db: environment.POSTGRES_INITDB_ARGS: nothing here stands for it; set it with `command: postgres -c "
            "NAME=VALUE` where it is a setting\n"
            "Change the file, or go without it: --ignore db.environment.POSTGRES_INITDB_ARGS",
            id="unknown variable",
        ),
        pytest.param(
            "services:\n  db:\n    image: postgres\n    environment: {POSTGRES_PASSWORD: p}\n"
            "    volumes: ['./nothing:/docker-entrypoint-initdb.d']\n",
            "services.db.volumes: there is no FOLDER/nothing; check the path, seen from the compose file",
            id="scripts that are not there",
        ),
        pytest.param(
            REDIS + "    volumes: ['./redis.conf:/etc/redis.conf']\n    command: redis-server /etc/redis.conf\n",
            HEAD + "  cache: command: '/etc/redis.conf' is not read: write its settings as --name value\n"
            "  cache: volumes: /etc/redis.conf is not there for the server: say settings in `command`\n"
            "Change the file, or go without it: --ignore cache.command",
            id="a mounted file",
        ),
        pytest.param(
            "services:\n  a:\n    image: redis\n    depends_on: [b]\n  b:\n    image: redis\n    depends_on: [a]\n",
            "FILE: the services a, b wait for each other (depends_on)",
            id="a circle",
        ),
        pytest.param(
            "services:\n  a:\n    image: redis\n    depends_on: [bb]\n  b:\n    image: redis\n",
            "FILE: services.a.depends_on: there is no service 'bb'; did you mean 'b'?",
            id="depends on nothing",
        ),
        pytest.param(
            "services:\n  a:\n    extends: b\n  b:\n    extends: a\n",
            "FILE: services.a: extends itself, by way of a, b",
            id="extends itself",
        ),
        pytest.param(
            "services:\n  a:\n    extends: {service: b, file: other.yaml}\n",
            "FOLDER/other.yaml: no such file; did you mean compose.yaml?",
            id="extends a file that is not there",
        ),
        pytest.param("name: ../x\n" + REDIS, "'../x' is no name for an environment: letters, digits, and . _ - after the first, "
                     "at most 63; give it another with --name", id="a name that leads out"),
        pytest.param("include: [x]\nservice: {}\n" + REDIS, HEAD + "  include: other files are not included: bring each up by "
                     "itself, or use `extends`\n  service: is no key of a compose file; did you mean 'services'?\n"
                     "Change the file, or go without it: --ignore include", id="keys of the file"),
        pytest.param("services:\n  a:\n    image: postgres:99\n    environment: {POSTGRES_PASSWORD: p}\n", None, id="too new"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_brought_up(project: Project, text: str, message: str | None) -> None:
    path = project.write(text)
    code, out, err = project.env("up", str(path))
    assert (code, out) == (2, "")
    if message is None:  # names the version that is here
        assert err.startswith("error: a (postgres:99): PostgreSQL 99 was asked for, and here is PostgreSQL ")
        return
    expected = message.replace("FILE", str(path)).replace("FOLDER", str(project.path))
    assert err == f"error: {expected}\n"
    assert project.state == []


def test_a_file_that_is_not_there_or_not_named(project: Project) -> None:
    assert project.env("up")[2] == (
        f"error: there is no compose file in {project.path} (compose.yaml, compose.yml, docker-compose.yaml, "
        "docker-compose.yml): name it\n"
    )
    code, _, err = project.env("up", str(project.path / "nothing.yaml"))
    assert (code, err) == (
        2,
        f"error: {project.path}/nothing.yaml: no such file; check the name; its folder is {project.path}\n",
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--without", "cach"], "FILE has no service 'cach'; did you mean 'cache'?; it has cache"),
        (["--without", "cache"], "FILE: no service is left to be started"),
        (["--ignore", "cache.x"], "--ignore cache.x: FILE has nothing of that name that would be refused; leave the option out"),
        (["--name", "a/b"], "'a/b' is no name for an environment: letters, digits, and . _ - after the first, at most 63; give it another with --name"),
    ],
)  # fmt: skip
def test_options_that_do_not_fit_the_file(project: Project, words: list[str], message: str) -> None:
    path = project.write(REDIS)
    code, _, err = project.env("up", str(path), *words)
    assert (code, err) == (2, f"error: {message.replace('FILE', str(path))}\n")


def test_strict_refuses_another_product_or_major_version_and_says_how_to_get_it(project: Project) -> None:
    path = project.write("services:\n  k:\n    image: apache/kafka:3.9.0\n")
    code, _, err = project.env("up", str(path), "--strict")
    assert code == 2
    assert err.startswith(
        "error: --strict refuses another product or major version:\n  k: image: apache/kafka:3.9.0 (Apache "
    )
    assert "set ACCORD_KAFKA_PROVIDER=apache and name the folder of an Apache Kafka 3.9.0 in KAFKA_HOME" in err


def test_containers_without_an_engine_are_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{project.path}/no.sock")
    monkeypatch.setenv("PATH", str(project.path))
    path = project.write(REDIS)
    docker = project.path / "docker"
    assert project.env("up", str(path), "--docker")[2] == (
        "error: there is no `docker` on PATH: install Docker, or go without --docker\n"
    )
    docker.write_text("#!/bin/sh\n")
    docker.chmod(0o755)
    code, _, err = project.env("up", str(path), "--docker")
    assert code == 2
    assert err.startswith(
        f"error: --docker cannot be had: no container engine answers at unix://{project.path}/no.sock"
    )
