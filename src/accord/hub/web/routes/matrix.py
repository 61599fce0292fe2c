"""The matrix, and may-it-be-deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import Response

from accord.hub.domain.decisions import judge
from accord.hub.domain.explanations import unknown_participant
from accord.hub.domain.matrix import Criteria, MatrixOptions, MatrixQueryError, MatrixSelector, read_query
from accord.hub.service.explaining import answered
from accord.hub.service.matrix import find
from accord.hub.service.problems import InvalidError, NotFoundError
from accord.hub.web.answers import hal, text
from accord.hub.web.bodies import query_of
from accord.hub.web.documents import matrix as documents
from accord.hub.web.hub import addresses_of, hub_of
from accord.hub.web.parameters import Branch, Consumer, Name, Provider, Tag, Text
from accord.hub.web.routing import HubRouter

if TYPE_CHECKING:
    from collections.abc import Sequence

router = HubRouter(tags=["matrix"])

Question = tuple[list[MatrixSelector], MatrixOptions]


def _question(request: Request) -> Question:
    try:
        return read_query(query_of(request))
    except MatrixQueryError as error:
        raise InvalidError(error.errors) from None


async def answer(request: Request, selectors: Sequence[MatrixSelector], options: MatrixOptions) -> Response:
    """The matrix for a question, as a document or as text."""
    addresses = addresses_of(request)
    plain = "text/plain" in request.headers.get("accept", "")

    def work(connection: Any) -> Any:
        result = find(connection, selectors, options)
        verdict = judge(result)
        if plain:
            return documents.text(result, verdict)
        return documents.matrix(connection, addresses, result, verdict)

    try:
        found = await hub_of(request).read(work)
    except MatrixQueryError as error:
        raise InvalidError(error.errors) from None
    return text(found) if plain else hal(found)


@router.get("/matrix")
async def get_matrix(request: Request) -> Response:
    """Which consumer versions were verified by which provider versions, and whether that allows a deployment.

    ``q[][pacticipant]`` with ``version``, ``latest``, ``tag``, ``branch``, ``mainBranch`` or ``environment``; then
    ``latestby``, ``environment``, ``tag``, ``branch``, ``mainBranch``, ``latest``, ``success[]``, ``limit`` and
    ``ignore[][pacticipant]`` with ``version``.
    """
    selectors, options = _question(request)
    return await answer(request, selectors, options)


@router.get("/matrix/explained", tags=["beyond the reference"])
async def explain_matrix(request: Request) -> Response:
    """The same question with every reason for a no: its cause, whom it is about, what failed, what settles it."""
    query = query_of(request)
    selectors, options = deployment_question(query) if "pacticipant" in query else _question(request)
    addresses = addresses_of(request)

    def work(connection: Any) -> dict[str, Any]:
        explained = answered(connection, selectors, options, addresses.base)
        document = documents.matrix(connection, addresses, explained.result, explained.verdict)
        if explained.overruled:
            document["summary"]["deployable"] = False
            document["summary"]["reason"] = "\n".join(each.text for each in explained.standing)
        return {**document, "reasons": [each.to_json() for each in explained.reasons]}

    try:
        return hal(await hub_of(request).read(work))
    except MatrixQueryError as error:
        found = [unknown_participant(message) for message in error.errors]
        counts = {"success": 0, "failed": 0, "unknown": 0}
        summary = {"deployable": False, "reason": "\n".join(each.text for each in found), **counts}
        notices = [{"type": "error", "text": each.text} for each in found]
        reasons_found = [each.to_json() for each in found]
        return hal({"summary": summary, "notices": notices, "matrix": [], "reasons": reasons_found})


@router.get("/matrix/provider/{provider:name}/consumer/{consumer:name}")
async def get_matrix_of_pair(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """The matrix of a pair."""
    return await answer(request, [MatrixSelector(consumer), MatrixSelector(provider)], MatrixOptions(latest_by="cvpv"))


def deployment_question(query: dict[str, Any]) -> Question:
    """The question in the parameters of ``/can-i-deploy``.

    Raises:
        InvalidError: it lacks a participant or a version, or contradicts itself.
        MatrixQueryError: what is to be ignored makes no sense.
    """
    errors: dict[str, list[str]] = {}
    for name in ("pacticipant", "version"):
        value = query.get(name)
        if not isinstance(value, str) or not value.strip():
            errors[name] = ["is missing" if name not in query else "can't be blank"]
    to, environment = query.get("to"), query.get("environment")
    if to and environment:
        errors["environment"] = ["Cannot specify both a 'to' tag and an environment."]
    if any(value is not None and not isinstance(value, str) for value in (to, environment)):
        errors["to"] = ["must be a string"]
    if errors:
        raise InvalidError(errors)
    _, options = read_query({**query, "q": [{"pacticipant": query["pacticipant"]}], "environment": None, "limit": None})
    others = Criteria(environment=environment) if environment else Criteria(latest=True, tag=to or None)
    if query.get("mainBranch") == "true":
        others = Criteria(latest=True, main_branch=True)
    asked = MatrixOptions(latest_by="cvp", others=others, ignore=options.ignore)
    return [MatrixSelector(query["pacticipant"], Criteria(version=query["version"]))], asked


@router.get("/can-i-deploy")
async def can_i_deploy(request: Request) -> Response:
    """Whether a version can be deployed: ``pacticipant``, ``version``, and ``environment`` or ``to`` (a tag)."""
    try:
        selectors, options = deployment_question(query_of(request))
    except MatrixQueryError as error:
        raise InvalidError(error.errors) from None
    return await answer(request, selectors, options)


def tag_question(name: str, tag: str, to: str) -> Question:
    """Whether the latest version with a tag fits the latest with another."""
    others = Criteria(latest=True, tag=to)
    selector = MatrixSelector(name, Criteria(latest=True, tag=tag))
    return [selector], MatrixOptions(latest_by="cvp", others=others)


def branch_question(name: str, branch: str, environment: str) -> Question:
    """Whether the latest version of a branch can be deployed to an environment."""
    selector = MatrixSelector(name, Criteria(latest=True, branch=branch))
    return [selector], MatrixOptions(latest_by="cvp", others=Criteria(environment=environment))


@router.get("/pacticipants/{name:name}/latest-version/{tag:name}/can-i-deploy/to/{to:name}")
async def can_i_deploy_tag(request: Request, name: Name, tag: Tag, to: Text) -> Response:
    """Whether the latest version with a tag can join the latest versions with another."""
    try:
        return await answer(request, *tag_question(name, tag, to))
    except InvalidError as error:
        raise NotFoundError("; ".join(error.errors)) from None


@router.get(
    "/pacticipants/{name:name}/branches/{branch:name}/latest-version/can-i-deploy/to-environment/{environment:name}"
)
async def can_i_deploy_branch(request: Request, name: Name, branch: Branch, environment: Text) -> Response:
    """Whether the latest version of a branch can be deployed to an environment."""
    try:
        return await answer(request, *branch_question(name, branch, environment))
    except InvalidError as error:
        raise NotFoundError("; ".join(error.errors)) from None
