"""The matrix with its form, and may-it-be-deployed with every reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import Response

from accord.hub.domain.decisions import judge
from accord.hub.domain.explanations import unknown_participant
from accord.hub.domain.matrix import MatrixQueryError, read_query
from accord.hub.service.explaining import answered
from accord.hub.service.matrix import find
from accord.hub.service.problems import InvalidError
from accord.hub.storage import deployments, participants
from accord.hub.web.bodies import query_of
from accord.hub.web.hub import addresses_of, hub_of
from accord.hub.web.pages.negotiation import PageRoute
from accord.hub.web.pages.overview import text_in
from accord.hub.web.pages.rendering import page
from accord.hub.web.parameters import Consumer, Provider
from accord.hub.web.routes.matrix import deployment_question
from accord.hub.web.routing import HubRouter

if TYPE_CHECKING:
    from sqlalchemy import Connection

router = HubRouter(route_class=PageRoute, include_in_schema=False)

MOST_ROWS = 200
MOST_NAMES = 2000
"""Names that a field suggests."""

_FIELDS = ("pacticipant", "version", "branch", "tag", "environment", "latest", "mainBranch")


@router.get("/matrix")
async def show_matrix(request: Request) -> Response:
    """The form; with a question in it, the rows that answer it."""
    return await _matrix(request, query_of(request))


@router.get("/matrix/provider/{provider:name}/consumer/{consumer:name}")
async def show_matrix_of_pair(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """The matrix of a pair."""
    return await _matrix(request, {"q": [{"pacticipant": consumer}, {"pacticipant": provider}], "latestby": "cvpv"})


async def _matrix(request: Request, query: dict[str, Any]) -> Response:
    given = _selectors(query.get("q"))
    limit = text_in(query, "limit") or str(MOST_ROWS)
    # What a form leaves empty is not there.
    asked = {name: value for name, value in query.items() if value not in ("", None)} if given else {}
    asked |= {"q": given, "limit": limit}

    def work(connection: Connection) -> dict[str, Any]:
        values: dict[str, Any] = {**suggestions(connection), "errors": [], "result": None, "verdict": None}
        if not given:
            return values
        try:
            result = find(connection, *read_query(asked))
        except MatrixQueryError as error:
            return values | {"errors": error.errors}
        return values | {"result": result, "verdict": judge(result)}

    values = await hub_of(request).read(work)
    shown = [{field: text_in(each, field) for field in _FIELDS} for each in (*given, {}, {})][: max(2, len(given))]
    return page(
        request, "matrix.html",
        selectors=shown, latest_by=text_in(query, "latestby"), limit=limit, asked=bool(given), **values,
    )  # fmt: skip


def _selectors(given: Any) -> list[dict[str, Any]]:
    items = given if isinstance(given, list) else []
    return [each for each in items if isinstance(each, dict) and text_in(each, "pacticipant")]


def suggestions(connection: Connection) -> dict[str, Any]:
    """The names that fields suggest."""
    names = [each.name for each in participants.all_of_them(connection)][:MOST_NAMES]
    return {"names": names, "environments": deployments.all_environments(connection)}


@router.get("/can-i-deploy")
async def show_can_i_deploy(request: Request) -> Response:
    """The form; with a question in it, the answer and every reason."""
    query = {name: value for name, value in query_of(request).items() if value not in ("", None)}
    base = addresses_of(request).base
    asked = "pacticipant" in query or "version" in query

    def work(connection: Connection) -> dict[str, Any]:
        values: dict[str, Any] = {**suggestions(connection), "errors": [], "explained": None, "unknown": []}
        if not asked:
            return values
        try:
            return values | {"explained": answered(connection, *deployment_question(query), base)}
        except InvalidError as error:
            return values | {"errors": _lines(error.errors)}
        except MatrixQueryError as error:
            return values | {"unknown": [unknown_participant(each) for each in error.errors]}

    values = await hub_of(request).read(work)
    fields = {name: text_in(query, name) for name in ("pacticipant", "version", "environment", "to")}
    return page(request, "can_i_deploy.html", asked=asked, fields=fields, **values)


def _lines(errors: Any) -> list[str]:
    if isinstance(errors, dict):
        return [f"{name} {text}" for name, texts in errors.items() for text in texts]
    return [str(each) for each in errors]
