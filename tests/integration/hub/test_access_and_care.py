"""Tokens, roles, limits, the audit; retention, backup and restore; what is said where a hub cannot start."""

from __future__ import annotations

import contextlib
import io
import re
import socket
import sqlite3
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from alembic import command
from alembic.config import Config

from accord import poll_until
from accord.cli import program
from accord.hub.storage import migrations
from accord.hub.storage.database import location_of
from accord.hub.storage.migrate import migrate
from tests.behaviours.hub import HubProcess, new_database, running_hub
from tests.behaviours.hub_seed import publication

if TYPE_CHECKING:
    from collections.abc import Iterator


def accord(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command line in this process: starting another for each takes seconds."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = program.run(arguments)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[HubProcess, dict[str, str]]]:
    """A hub that asks for tokens, with one of each role."""
    folder = tmp_path_factory.mktemp("tokens")
    database = new_database(folder)
    secrets = {}
    for role in ("read", "write", "admin"):
        made = accord("hub", "token", "create", f"the-{role}", "--role", role, "--database", database)
        assert made.returncode == 0, made.stderr
        secrets[role] = made.stdout.strip()
    with running_hub(folder, "--require-token", "--requests-per-minute", "300") as hub:
        yield hub, secrets


def ask(hub: HubProcess, method: str, path: str, token: str | None = None, **options: object) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return httpx.request(method, f"{hub.url}{path}", headers=headers, timeout=30, **options)  # type: ignore[arg-type]


def test_nobody_comes_in_without_a_token(tokens: tuple[HubProcess, dict[str, str]]) -> None:
    hub, _ = tokens
    answer = ask(hub, "GET", "/pacticipants")
    assert answer.status_code == 401
    assert "asks for a token" in answer.json()["error"]
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert ask(hub, "GET", "/pacticipants", "acc_wrong").status_code == 401
    assert ask(hub, "GET", "/health").status_code == 200


def test_a_browser_is_told_how_to_sign_in_and_gets_in_with_a_token_as_password(
    tokens: tuple[HubProcess, dict[str, str]],
) -> None:
    hub, secrets = tokens
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = httpx.get(hub.url, headers=browser)
    assert (page.status_code, page.headers["content-type"]) == (401, "text/html;charset=utf-8")
    assert page.headers["www-authenticate"].startswith("Basic")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "accord hub token create YOUR-NAME --role read" in page.text
    style = re.search(r'href="[^"]*(/assets/hub\.css[^"]*)"', page.text)
    assert style is not None
    assert httpx.get(f"{hub.url}{style[1]}").status_code == 200
    assert httpx.get(f"{hub.url}/assets/../pacticipants", headers=browser).status_code == 401
    wrong = httpx.get(hub.url, headers=browser, auth=("me", "acc_wrong"))
    assert (wrong.status_code, "The token is not known" in wrong.text) == (401, True)
    assert httpx.get(hub.url, headers=browser, auth=("me", secrets["read"])).status_code == 200


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        ("read", "GET", "/pacticipants", 200),
        ("read", "POST", "/pacticipants", 403),
        ("read", "POST", "/pacts/provider/X/for-verification", 404),
        ("write", "PUT", "/pacticipants/Mine", 201),
        ("write", "DELETE", "/integrations", 403),
        ("admin", "DELETE", "/integrations", 204),
    ],
)
def test_each_role_may_do_its_own(
    tokens: tuple[HubProcess, dict[str, str]], role: str, method: str, path: str, status: int
) -> None:
    hub, secrets = tokens
    body = {} if method == "DELETE" else {"json": {}}
    assert ask(hub, method, path, secrets[role], **(body if method != "GET" else {})).status_code == status


def test_older_clients_give_the_token_as_a_basic_password(tokens: tuple[HubProcess, dict[str, str]]) -> None:
    hub, secrets = tokens
    assert httpx.get(f"{hub.url}/pacticipants", auth=("anybody", secrets["read"])).status_code == 200


def test_the_audit_names_who_changed_what_and_never_a_secret(tokens: tuple[HubProcess, dict[str, str]]) -> None:
    hub, secrets = tokens
    ask(hub, "PUT", "/pacticipants/Audited", secrets["write"], json={})

    def noted() -> bool:
        return "the-write  PUT /pacticipants/Audited  201" in accord("hub", "audit", "--database", hub.database).stdout

    poll_until(noted, description="the entry was written", timeout=20)
    everything = hub.log + accord("hub", "audit", "--database", hub.database, "--json").stdout
    assert not any(secret in everything for secret in secrets.values())
    with sqlite3.connect(hub.database) as connection:
        assert not any(secrets["write"] in str(row) for row in connection.execute("SELECT * FROM tokens"))


def test_a_revoked_token_stops_working(tokens: tuple[HubProcess, dict[str, str]]) -> None:
    hub, _ = tokens
    secret = accord("hub", "token", "create", "short", "--database", hub.database).stdout.strip()
    assert ask(hub, "GET", "/labels", secret).status_code == 200
    assert accord("hub", "token", "revoke", "short", "--database", hub.database).returncode == 0
    poll_until(lambda: ask(hub, "GET", "/labels", secret).status_code == 401, description="it is forgotten", timeout=20)


def test_too_many_requests_are_slowed_down(tokens: tuple[HubProcess, dict[str, str]]) -> None:
    hub, _ = tokens
    secret = accord("hub", "token", "create", "busy", "--role", "read", "--database", hub.database).stdout.strip()
    with httpx.Client(base_url=hub.url, headers={"authorization": f"Bearer {secret}"}) as client:
        statuses = [client.get("/labels").status_code for _ in range(340)]
    assert statuses[0] == 200
    assert statuses[-1] == 429


def test_a_hub_for_others_needs_a_token_first(tmp_path: Path) -> None:
    done = accord(
        "hub",
        "serve",
        "--host",
        "0.0.0.0",  # noqa: S104 - what is refused
        "--port",
        "0",
        "--database",
        str(tmp_path / "hub.sqlite3"),
    )
    assert done.returncode == 2
    assert "accord hub token create" in done.stderr


def test_a_read_only_hub_lets_nothing_be_changed(tmp_path: Path) -> None:
    with running_hub(tmp_path, "--read-only") as hub:
        assert httpx.get(f"{hub.url}/pacticipants").status_code == 200
        answer = httpx.post(f"{hub.url}/pacticipants", json={"name": "A"})
        assert (answer.status_code, answer.json()["error"][:21]) == (403, "This hub is read-only")


def test_a_taken_port_an_unwritable_database_and_a_wrong_url_are_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        busy = accord("hub", "serve", "--port", port, "--database", str(tmp_path / "hub.sqlite3"))
    assert (busy.returncode, "is taken by another program" in busy.stderr) == (2, True)
    (tmp_path / "file").write_text("no folder")
    unwritable = accord("hub", "serve", "--port", "0", "--database", str(tmp_path / "file" / "hub.sqlite3"))
    assert (unwritable.returncode, "cannot be written" in unwritable.stderr) == (2, True)
    no_database = tmp_path / "other.sqlite3"
    no_database.write_text("this is not a database, and it is long enough to be taken for none" * 10)
    foreign = accord("hub", "serve", "--port", "0", "--database", str(no_database))
    assert (foreign.returncode, "cannot be used" in foreign.stderr) == (2, True)
    unknown = accord("hub", "serve", "--port", "0", "--database", "mysql://localhost/hub")
    assert (unknown.returncode, "give a file (SQLite) or postgresql://" in unknown.stderr) == (2, True)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        dead = closed.getsockname()[1]
    nobody = accord("hub", "serve", "--port", "0", "--database", f"postgresql://u:s3cret@127.0.0.1:{dead}/hub")
    assert (nobody.returncode, "Is the server up" in nobody.stderr, "s3cret" in nobody.stderr) == (2, True, False)


def test_retention_keeps_what_is_needed_and_says_first_what_would_go(tmp_path: Path) -> None:
    with running_hub(tmp_path, "--quiet") as hub, httpx.Client(base_url=hub.url, timeout=30) as client:
        for number in range(6):
            client.post("/contracts/publish", json=publication("C", ["P"], str(number), number))
        client.put("/pacticipants/C/versions/1/tags/kept", json={})
        place = client.post("/environments", json={"name": "live", "displayName": "Live", "production": True}).json()
        client.post(f"/pacticipants/C/versions/2/deployed-versions/environment/{place['uuid']}", json={})
        would = accord("hub", "clean", "--keep-days", "0", "--database", hub.database)
        assert would.stdout.splitlines() == [
            "C 0",
            "C 3",
            "C 4",
            "Would remove 3 versions older than 0 days; --apply does.",
        ]
        young = accord("hub", "clean", "--keep-days", "1", "--apply", "--database", hub.database)
        assert young.stdout.startswith("Removed 0 versions")
        done = accord("hub", "clean", "--keep-days", "0", "--apply", "--database", hub.database)
        assert re.match(r"Removed 3 versions older than 0 days, 3 contents and \d+ records\.", done.stdout), done
        left = client.get("/pacticipants/C/versions").json()["_embedded"]["versions"]
        assert [each["number"] for each in left] == ["5", "2", "1"]


def test_a_backup_made_while_serving_brings_everything_back(tmp_path: Path) -> None:
    backup = tmp_path / "backup.sqlite3"
    with running_hub(tmp_path, "--quiet") as hub:
        httpx.post(f"{hub.url}/contracts/publish", json=publication("C", ["P"], "1", 1))
        assert accord("hub", "backup", str(backup), "--database", hub.database).returncode == 0
        httpx.post(f"{hub.url}/contracts/publish", json=publication("C", ["P"], "2", 2))
        assert hub.stop() == 0
    there = accord("hub", "restore", str(backup), "--database", hub.database)
    assert (there.returncode, "--force replaces it" in there.stderr) == (2, True)
    assert accord("hub", "restore", str(backup), "--force", "--database", hub.database).returncode == 0
    with running_hub(tmp_path, "--quiet") as again:
        found = httpx.get(f"{again.url}/pacticipants/C/versions").json()["_embedded"]["versions"]
        assert [each["number"] for each in found] == ["1"]


def test_links_follow_forwarded_headers_and_the_base_url(
    tmp_path: Path, tokens: tuple[HubProcess, dict[str, str]]
) -> None:
    hub, secrets = tokens
    forwarded = {
        "authorization": f"Bearer {secrets['read']}", "x-forwarded-proto": "https", "x-forwarded-host": "pacts.example.org",
        "x-forwarded-prefix": "/broker",
    }  # fmt: skip
    links = httpx.get(f"{hub.url}/", headers=forwarded).json()["_links"]
    assert links["pb:pacticipants"]["href"] == "https://pacts.example.org/broker/pacticipants"
    with running_hub(tmp_path, "--base-url", "https://hub.example.org/x/") as other:
        links = httpx.get(f"{other.url}/", headers=forwarded).json()["_links"]
    assert links["pb:pacticipants"]["href"] == "https://hub.example.org/x/pacticipants"


def test_figures_are_there_for_prometheus_and_as_the_reference_has_them(
    tokens: tuple[HubProcess, dict[str, str]],
) -> None:
    hub, secrets = tokens
    ask(hub, "GET", "/health")
    ask(hub, "PUT", "/pacticipants/Counted", secrets["write"], json={})
    text = ask(hub, "GET", "/metrics", secrets["read"]).text
    assert re.search(r'accord_hub_requests_total\{method="GET",route="/health",status="200"\} \d', text)
    as_json = {"authorization": f"Bearer {secrets['read']}", "accept": "application/hal+json"}
    assert httpx.get(f"{hub.url}/metrics", headers=as_json).json()["pacticipants"]["count"] >= 1


def test_a_database_of_an_earlier_version_is_brought_up_to_date_and_keeps_what_it_has(tmp_path: Path) -> None:
    database = tmp_path / "hub.sqlite3"
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("sqlalchemy.url", f"sqlite:///{database}")
    command.upgrade(config, "0001")
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO participants (name, display_name, created_at) VALUES ('Old', 'Old', 1)")
    migrate(location_of(str(database)))
    with contextlib.closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT name FROM participants").fetchall() == [("Old",)]
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (migrations.HEAD,)
        assert connection.execute("SELECT count(*) FROM overwritten").fetchone() == (0,)
