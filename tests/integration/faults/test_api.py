from __future__ import annotations

import asyncio
import json
import resource
import shutil
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from accord import poll_until
from accord.faults.proxies import ProxyCollection
from accord.faults.stages import STAGES
from accord.faults.toxics import ATTRIBUTES, OWN_KINDS
from tests.integration.faults.conftest import Api, connected
from tests.integration.faults.toxiproxy import ANSWERS, REQUESTS, asked

TOOLS = Path(__file__).parents[3] / ".tools"
_OWN_WORDS = "bad request body: "


def settled(answers: list[list[Any]]) -> list[str]:
    """What both must say alike; what a parser of JSON complains of each says in its own words."""
    found = []
    for (method, path, *rest), (status, body) in zip(REQUESTS, answers, strict=True):
        if (
            isinstance(body, dict)
            and body.get("error", "").startswith(_OWN_WORDS)
            and not body["error"].endswith("EOF")
        ):
            body = {**body, "error": _OWN_WORDS}  # noqa: PLW2901 - the same answer, without what may differ
        found.append(f"{method} {path} {json.dumps(rest)}: {status} {json.dumps(body, sort_keys=True)}")
    return found


def test_every_answer_is_the_one_toxiproxy_gives(api: Api) -> None:
    assert settled(asked(api)) == settled(json.loads(ANSWERS.read_text(encoding="utf-8")))


def test_the_recorded_answers_are_those_of_the_real_toxiproxy(tmp_path: Path) -> None:
    program = shutil.which("toxiproxy-server")
    if program is None:
        pytest.skip("no toxiproxy-server on PATH: go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0")
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    with subprocess.Popen([program, "-port", str(port)], cwd=tmp_path, stdout=subprocess.DEVNULL) as process:
        try:
            poll_until(lambda: connected(f"127.0.0.1:{port}").close() is None, description="Toxiproxy answers")
            assert settled(asked(Api(port))) == settled(json.loads(ANSWERS.read_text(encoding="utf-8")))
        finally:
            process.kill()


def test_every_kind_of_toxic_is_known_to_both_sides() -> None:
    assert set(STAGES) == set(ATTRIBUTES)
    assert set(OWN_KINDS) < set(ATTRIBUTES)


def test_metrics_count_bytes_under_toxiproxys_names(api: Api, echo: str) -> None:
    _, proxy = api("POST", "/proxies", {"name": 'odd"\nname', "upstream": echo})
    with connected(proxy["listen"]) as connection:
        connection.sendall(b"12345")
        assert connection.recv(10) == b"12345"
        status, text = api("GET", "/metrics")
    assert status == 200
    labels = f'direction="upstream",listener="{proxy["listen"]}",proxy="odd\\"\\nname",upstream="{echo}"'
    assert f"toxiproxy_proxy_received_bytes_total{{{labels}}} 5" in text
    assert 'accord_faults_connections_open{proxy="odd\\"\\nname"} 1' in text
    api("DELETE", "/proxies/odd%22%0Aname")


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "[::]:0", ":0", "192.0.2.1:0"])
def test_nothing_listens_beyond_this_machine_unless_told(api: Api, listen: str) -> None:
    status, body = api("POST", "/proxies", {"name": "wide", "upstream": "127.0.0.1:9", "listen": listen})
    if listen == ":0":
        assert (status, body["listen"].partition(":")[0]) == (201, "127.0.0.1")
    else:
        assert status == 400
        assert "no loopback address" in body["error"]
        assert "--outside" in body["error"]


@pytest.mark.parametrize(("document", "status"), [
    (b'{"name": "' + b"x" * 2_000_000 + b'"}', 413), (b"[" * 100_000 + b"]" * 100_000, 400),
    ({"name": "n", "upstream": "127.0.0.1:9", "extra": 1}, 400), ({"name": "n" * 300, "upstream": "x:1"}, 400),
    ({"name": "n", "upstream": "nowhere"}, 500), ({"name": "n", "upstream": "h:99999"}, 500),
    ({"name": "n", "upstream": 7}, 400), ({"name": "n", "upstream": "h:1", "enabled": "yes"}, 400),
    (b'{"name": "\xff"}', 400), ({"name": "n", "upstream": "h:1", "listen": "127.0.0.1:x"}, 500),
])  # fmt: skip
def test_bad_input_is_refused_and_the_next_request_is_answered(api: Api, document: Any, status: int) -> None:
    try:
        answer = api("POST", "/proxies", document)[0]
    except (BrokenPipeError, ConnectionResetError):  # refused before all of it was sent
        answer = 413
    assert answer == status
    assert api("GET", "/proxies") == (200, {})


def test_a_hundred_toxics_are_enough_for_a_proxy(api: Api) -> None:
    api("POST", "/proxies", {"name": "a", "upstream": "127.0.0.1:9"})
    statuses = [api("POST", "/proxies/a/toxics", {"type": "latency", "name": str(n)})[0] for n in range(102)]
    assert statuses == [200] * 100 + [409] * 2


def test_a_client_that_trickles_and_a_thousand_idle_ones_keep_nobody_waiting(api: Api, echo: str) -> None:
    _, proxy = api("POST", "/proxies", {"name": "busy", "upstream": echo})
    with closing(connected(f"127.0.0.1:{api.port}")) as slow:
        slow.sendall(b"GET /proxies HT")
        # Both ends of all four sockets of a connection are this process's.
        room = (resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 300) // 4
        idle = [connected(proxy["listen"]) for _ in range(min(1000, room))]
        try:
            assert api("GET", "/version")[0] == 200
            with connected(proxy["listen"]) as one:
                one.sendall(b"x")
                assert one.recv(1) == b"x"
        finally:
            for each in idle:
                each.close()
    poll_until(lambda: 'open{proxy="busy"} 0' in api("GET", "/metrics")[1], description="the connections are forgotten")


async def test_connections_beyond_the_bound_are_closed_and_those_within_it_go_on(echo: str) -> None:
    proxies = ProxyCollection(most_connections=2)
    proxy = await proxies.add("few", "", echo)
    host, _, port = proxy.listen.rpartition(":")
    streams = [await asyncio.open_connection(host, int(port)) for _ in range(3)]
    assert await asyncio.wait_for(streams[2][0].read(1), 10) == b""
    streams[0][1].write(b"x")
    assert await asyncio.wait_for(streams[0][0].read(1), 10) == b"x"
    for _, writer in streams:
        writer.close()
    await proxies.stop()


def test_a_sender_that_is_faster_than_the_link_is_held_back(api: Api, echo: str) -> None:
    _, proxy = api("POST", "/proxies", {"name": "slow", "upstream": echo})
    api("POST", "/proxies/slow/toxics", {"type": "bandwidth", "stream": "upstream", "attributes": {"rate": 1}})
    with connected(proxy["listen"]) as connection:
        connection.settimeout(0.5)
        sent = 0
        with pytest.raises(TimeoutError):
            while sent < 200_000_000:
                sent += connection.send(bytes(1_000_000))
    assert sent < 50_000_000


def test_toxiproxy_python_works_unchanged(api: Api, echo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not (TOOLS / "python" / "toxiproxy").is_dir():
        pytest.skip("toxiproxy-python is not here: make tools")
    program = """
import socket, sys
from toxiproxy.server import Toxiproxy
from toxiproxy.api import APIConsumer
APIConsumer.host, APIConsumer.port = "127.0.0.1", int(sys.argv[1])
server = Toxiproxy()
proxy = server.create(upstream=sys.argv[2], name="echo")
proxy.add_toxic(type="limit_data", attributes={"bytes": 3})
host, _, port = proxy.listen.rpartition(":")
with socket.create_connection((host, int(port)), 10) as connection:
    connection.sendall(b"12345")
    print(connection.recv(10), sorted(toxic for toxic in proxy.toxics()))
proxy.destroy_toxic("limit_data_downstream")
with proxy.down():
    try:
        socket.create_connection((host, int(port)), 10)
    except ConnectionRefusedError:
        print("refused")
print(server.running(), sorted(server.proxies()), server.populate([{"name": "two", "upstream": sys.argv[2]}]) is not None)
server.destroy_all()
print(sorted(server.proxies()))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(api.port), echo], capture_output=True, text=True, timeout=60, check=False,
        env={"PYTHONPATH": str(TOOLS / "python")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "b'123' ['limit_data_downstream']", "refused", "True ['echo'] True", "[]",
    ]  # fmt: skip


def test_toxiproxy_node_client_works_unchanged(api: Api, echo: str) -> None:
    node = shutil.which("node")
    if node is None or not (TOOLS / "node_modules" / "toxiproxy-node-client").is_dir():
        pytest.skip("node, or npm's toxiproxy-node-client, is not here: make tools")
    program = """
const { Toxiproxy } = require(process.argv[1] + "/toxiproxy-node-client");
(async () => {
  const server = new Toxiproxy("http://127.0.0.1:" + process.argv[2]);
  const proxy = await server.createProxy({ name: "echo", listen: "127.0.0.1:0", upstream: process.argv[3] });
  const toxic = await proxy.addToxic({ type: "latency", name: "slow", stream: "downstream", toxicity: 1,
                                       attributes: { latency: 20, jitter: 0 } });
  console.log(toxic.name, toxic.attributes.latency, (await proxy.getToxic("slow")).toxicity);
  await toxic.update({ ...toxic.toJson(), attributes: { latency: 30, jitter: 0 } });
  console.log((await proxy.getToxic("slow")).attributes.latency);
  await toxic.remove();
  const all = await server.getAll();
  console.log(Object.keys(all).length, (await server.get("echo")).enabled, await server.getVersion() !== undefined);
  await server.populate([{ name: "two", listen: "127.0.0.1:0", upstream: process.argv[3] }]);
  await server.reset();
  await proxy.remove();
  try { await server.get("echo"); } catch (error) { console.log("gone"); }
})().catch(error => { console.error(error); process.exit(1); });
"""
    done = subprocess.run(
        [node, "-e", program, str(TOOLS / "node_modules"), str(api.port), echo],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["slow 20 1", "30", "1 true true", "gone"]
