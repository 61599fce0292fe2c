"""Who is calling: from the gateway's header or from a bearer token."""

import hmac
from dataclasses import dataclass, field
from enum import StrEnum

from fastapi import Request

from shop.kit.errors import Problem, ProblemError
from shop.kit.settings import Stage

DEVELOPMENT_TOKEN = "valid-token"  # noqa: S105 - no secret: refused in production
_TEST_TOKENS = {"test-token": "test-user", DEVELOPMENT_TOKEN: "test-service"}


class Role(StrEnum):
    """What a caller may do beyond their own orders."""

    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Caller:
    """The authenticated caller of one request."""

    user_id: str
    roles: frozenset[Role] = field(default_factory=frozenset)

    @property
    def is_staff(self) -> bool:
        return Role.STAFF in self.roles


class TokenVerifier:
    """Knows the bearer tokens a service accepts.

    Args:
        stage: in production the two test tokens are refused.
        service_token: what the shop's own services present to each other; none when left out.
    """

    def __init__(self, stage: Stage, service_token: str | None = None) -> None:
        self._stage = stage
        self._service_token = service_token

    def verify(self, token: str) -> Caller | None:
        """The token's owner, or None for a token that is not known."""
        if self._service_token and hmac.compare_digest(token.encode(), self._service_token.encode()):
            return Caller("service", frozenset({Role.STAFF}))
        if self._stage is not Stage.PRODUCTION and token in _TEST_TOKENS:
            return Caller(_TEST_TOKENS[token], frozenset({Role.STAFF}))
        return None


def caller_of(request: Request) -> Caller:
    """The caller: `X-User-Id` names the user (the gateway has set it), a known bearer token adds its roles.

    Raises:
        ProblemError: 401 when the request has neither.
    """
    user_id = request.headers.get("x-user-id", "").strip()
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    verifier: TokenVerifier = request.app.state.tokens
    known = verifier.verify(token.strip()) if scheme.lower() == "bearer" else None
    if user_id:
        return Caller(user_id, known.roles if known else frozenset())
    if known:
        return known
    raise ProblemError(Problem(401, "unauthorized", "This request needs a valid bearer token"))


def staff_caller(request: Request) -> Caller:
    """The caller, who must be staff.

    Raises:
        ProblemError: 401 for nobody, 403 for a customer.
    """
    caller = caller_of(request)
    if not caller.is_staff:
        raise ProblemError(Problem(403, "forbidden", "This request is for staff"))
    return caller
