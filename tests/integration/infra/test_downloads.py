"""Files from the internet: whole, checked, and once."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from accord.core.errors import ResourceError, ResourceMissingError
from accord.infra.downloads import Wanted, are_here, fetch, read_list
from accord.infra.kafka import apache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = {"a/one.jar": b"one" * 1000, "b/two.jar": b"two" * 50_000}
WANTED = [Wanted(hashlib.sha256(data).hexdigest(), len(data), path) for path, data in FILES.items()]


class Central(ThreadingHTTPServer):
    """A place with files, that notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.files = dict(FILES)
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Central

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        data = self.server.files.get(self.path[1:])
        self.send_response(200 if data is not None else 404)
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def central() -> Iterator[Central]:
    with Central() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_files_come_whole_and_once_however_many_ask(central: Central, tmp_path: Path) -> None:
    folder = tmp_path / "jars"
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: fetch(WANTED, folder, base=central.url, what="jars"), range(3)))
    assert sorted(central.asked) == ["/a/one.jar", "/b/two.jar"]
    assert {path: (folder / path[2:]).read_bytes() for path in FILES} == FILES
    assert are_here(folder)


@pytest.mark.parametrize("other", [b"ONE" * 1000, b"one" * 999, b"one" * 1001])
def test_a_file_that_is_another_one_is_refused_and_nothing_is_kept(
    central: Central, tmp_path: Path, other: bytes
) -> None:
    central.files["a/one.jar"] = other
    with pytest.raises(ResourceError, match=r"one\.jar is not what it should be: 3000 bytes with SHA-256"):
        fetch(WANTED, tmp_path / "jars", base=central.url, what="jars")
    assert [path.name for path in tmp_path.iterdir()] == ["jars.lock"]


def test_a_place_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResourceMissingError, match=r"http://127\.0\.0\.1:9/.* cannot be fetched: .*mirror"):
        fetch(WANTED, tmp_path / "jars", base="http://127.0.0.1:9", what="jars")
    with pytest.raises(ResourceError, match="only http and https"):
        fetch(WANTED, tmp_path / "jars", base="file:///etc", what="jars")


def test_a_download_that_was_killed_is_begun_anew(central: Central, tmp_path: Path) -> None:
    (tmp_path / "jars.new").mkdir()
    (tmp_path / "jars.new" / "one.jar").write_bytes(b"half")
    fetch(WANTED, tmp_path / "jars", base=central.url, what="jars")
    assert (tmp_path / "jars" / "one.jar").read_bytes() == FILES["a/one.jar"]
    assert not (tmp_path / "jars.new").exists()


def test_the_list_of_apache_kafka_names_each_jar_once_with_its_checksum() -> None:
    wanted = read_list(apache._JARS.read_text(encoding="ascii"))
    assert len({each.name for each in wanted}) == len(wanted)
    assert all(len(each.sha256) == 64 and each.size > 0 and each.path.endswith(".jar") for each in wanted)
    assert f"org/apache/kafka/kafka_2.13/{apache.VERSION}/kafka_2.13-{apache.VERSION}.jar" in {w.path for w in wanted}
