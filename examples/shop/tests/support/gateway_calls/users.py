"""UserService's."""

from typing import Any, Final

from accord import match
from gateway_calls.call import Call, broken, refusal

SERVICE: Final = "UserService"
ADA: Final = "user user-1 is Ada of ada@example.com with the password 'correct horse'"
PAYS: Final = "user user-1 pays with the card tok_visa"
NOBODY: Final = "nobody is registered"
LOG_IN: Final = {"email": "ada@example.com", "password": "correct horse"}
SESSION: Final = {"accessToken": match.string("a.b.c"), "userId": match.string("user-1")}
USER: Final = {"id": match.string("user-1"), "name": match.string("Ada"), "email": match.string("ada@example.com")}
CARD: Final = {"type": "card", "token": "tok_visa"}
KEPT: Final = {"type": match.string("card"), "token": match.string("tok_visa")}
WRONG: Final = refusal("unauthorized", "Wrong email address or password")
METHOD: Final = "/api/users/user-1/payment-method"


def call(what: str, request: str, **more: Any) -> Call:
    return Call(provider=SERVICE, what=what, request=request, **{"state": ADA, **more})


CALLS: Final = (
    call("a log-in", "POST /api/auth/login", body=LOG_IN, answer=SESSION),
    call("a log-in in the former form", "POST /auth/login", body=LOG_IN, answer=SESSION),
    call(
        "a log-in with a wrong password", "POST /api/auth/login", body={**LOG_IN, "password": "wrong password"},
        status=401, answer=WRONG,
    ),
    call(
        "a log-in with a wrong password in the former form", "POST /auth/login",
        body={**LOG_IN, "password": "wrong password"}, status=401, answer=WRONG,
    ),
    call("a registration", "POST /api/users", state=NOBODY, body={"name": "Ada", **LOG_IN}, status=201, answer=USER),
    call(
        "a registration with a taken address", "POST /api/users", body={"name": "Ada", **LOG_IN},
        status=409, answer=refusal("email_taken", "This email address is registered already"),
    ),
    call(
        "a registration without an address", "POST /api/users", state=NOBODY,
        body={"name": "Ada", **LOG_IN, "email": "nowhere"},
        status=400, answer=refusal("validation_error", "The email address is not valid"),
    ),
    call("a request for oneself", "GET /api/users/user-1", caller="user-1", answer=USER),
    call("a payment method to keep", f"PUT {METHOD}", caller="user-1", body=CARD, answer=KEPT),
    call(
        "a payment method without a token", f"PUT {METHOD}", caller="user-1", body={"type": "card", "token": ""},
        status=400, answer=refusal("validation_error", "body.token"),
    ),
    call("a request for one's payment method", f"GET {METHOD}", state=PAYS, caller="user-1", answer=KEPT),
    call(
        "a request for a payment method that nobody has kept", f"GET {METHOD}", caller="user-1",
        status=404, answer=refusal("not_found", "No payment method is stored"),
    ),
    broken(SERVICE, "a request for oneself", "GET /api/users/user-1", "user-1"),
)  # fmt: skip
