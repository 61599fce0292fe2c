"""``accord webhook``: what a hub calls when something happens."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from accord.cli.hub_access import AsJson, HubUrl, ask, show, table
from accord.core.errors import UsageError
from accord.hub.client import webhooks
from accord.hub.client.webhooks import Webhook

CREATE_EXAMPLE = """Example:

    accord webhook create https://ci.example.org/build --event contract_requiring_verification_published \\
        --provider OrderService --header "Authorization: Bearer $CI_TOKEN" \\
        --data '{"sha": "${pactbroker.providerVersionNumber}"}'
"""
LIST_EXAMPLE = """Example:

    accord webhook list
"""
TEST_EXAMPLE = """Example:

    accord webhook test C568PsxwE9gan13x_qgOWA
"""
DELETE_EXAMPLE = """Example:

    accord webhook delete C568PsxwE9gan13x_qgOWA
"""

Uuid = Annotated[str, typer.Argument(help="Its UUID, as `accord webhook list` shows it.")]

group = typer.Typer(no_args_is_help=True, help="Webhooks: what the hub calls when something happens.")


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="webhook")


@group.command("create", epilog=CREATE_EXAMPLE)
def create_command(
    url: Annotated[str, typer.Argument(help="What is called.")],
    event: Annotated[list[str], typer.Option(help=f"What it waits for; repeatable: {', '.join(webhooks.EVENTS)}.")],
    request: Annotated[str, typer.Option("--request", "-X", help="The method of HTTP.")] = "POST",
    header: Annotated[list[str] | None, typer.Option("--header", "-H", help="'Name: value'; repeatable.")] = None,
    data: Annotated[str | None, typer.Option("--data", "-d", help="The body: JSON, else text.")] = None,
    user: Annotated[str | None, typer.Option(metavar="NAME:PASSWORD", help="For basic authentication.")] = None,
    description: Annotated[str | None, typer.Option(help="For lists.")] = None,
    consumer: Annotated[str | None, typer.Option(help="Only for contracts of this consumer.")] = None,
    provider: Annotated[str | None, typer.Option(help="Only for contracts with this provider.")] = None,
    hub: HubUrl = None,
    as_json: AsJson = False,
) -> None:
    """Make a webhook. ${pactbroker.consumerVersionNumber} and the like in the URL and the body are filled in."""
    name, _, password = (user or "").partition(":")
    wanted = Webhook(
        url,
        tuple(event),
        request,
        dict(map(_header, header or ())),
        _body(data),
        name or None,
        password or None,
        description,
        consumer,
        provider,
    )
    made = ask(hub, webhooks.create_webhook, wanted)
    show(made, [f"Created the webhook {made.get('uuid')}: {wanted.method.upper()} {url}"], as_json=as_json)


@group.command("list", epilog=LIST_EXAMPLE)
def list_command(hub: HubUrl = None, as_json: AsJson = False) -> None:
    """All webhooks."""
    found = ask(hub, webhooks.all_webhooks)
    lines = table(["UUID", "REQUEST", "EVENTS", "FOR"], [_row(each) for each in found])
    shown = [{name: value for name, value in each.items() if name != "_links"} for each in found]
    show(shown, lines if found else ["There are none."], as_json=as_json)


@group.command("test", epilog=TEST_EXAMPLE)
def try_command(uuid: Uuid, hub: HubUrl = None, as_json: AsJson = False) -> int:
    """Let the hub send a webhook now. Exit code 1 where that fails."""
    result = ask(hub, webhooks.try_webhook, uuid)
    fine = result.get("success") is True
    message = (result.get("error") or {}).get("message")
    lines = [str(result.get("logs", "")).rstrip(), f"✓ {uuid} was sent" if fine else f"✗ {uuid}: {message or 'failed'}"]
    show(result, [line for line in lines if line], as_json=as_json)
    return 0 if fine else 1


@group.command("delete", epilog=DELETE_EXAMPLE)
def delete_command(uuid: Uuid, hub: HubUrl = None, as_json: AsJson = False) -> None:
    """Remove a webhook."""
    ask(hub, webhooks.delete_webhook, uuid)
    show({"deleted": uuid}, [f"Deleted the webhook {uuid}."], as_json=as_json)


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise UsageError("--header: expected 'Name: value'")  # its value may be a secret
    return name.strip(), value.strip()


def _body(text: str | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text


def _row(webhook: dict[str, Any]) -> list[str | None]:
    request = webhook.get("request") or {}
    events = ", ".join(str(each.get("name")) for each in webhook.get("events") or ())
    sides = [str((webhook.get(role) or {}).get("name") or "every " + role) for role in ("consumer", "provider")]
    return [webhook.get("uuid"), f"{request.get('method')} {request.get('url')}", events, " and ".join(sides)]
