"""The routes. Looking a user up is an internal port: the gateway lets users see themselves alone."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from shop.identity.http.schemas import LogIn, PaymentMethodBody, Register, SessionOut, UserOut
from shop.identity.service.accounts import Accounts
from shop.kit.errors import error_answers


def _accounts(request: Request) -> Accounts:
    accounts: Accounts = request.app.state.accounts
    return accounts


Use = Annotated[Accounts, Depends(_accounts)]

routes = APIRouter(tags=["users"])
"""Included twice: under /api, and without it for callers of the former form, whose bodies are the same."""


@routes.post("/auth/login", responses=error_answers(400, 401))
async def log_in(body: LogIn, accounts: Use) -> SessionOut:
    """Give a token to whoever knows the password."""
    return SessionOut.of(await accounts.log_in(body.email, body.password.get_secret_value()))


@routes.post("/users", status_code=201, responses=error_answers(400, 409))
async def register(body: Register, accounts: Use) -> UserOut:
    """Become a customer."""
    return UserOut.of(await accounts.register(body.name, body.email, body.password.get_secret_value()))


@routes.get("/users/{user_id}", responses=error_answers(404))
async def user(user_id: str, accounts: Use) -> UserOut:
    """One user."""
    return UserOut.of(await accounts.user(user_id))


@routes.get("/users/{user_id}/payment-method", responses=error_answers(404))
async def payment_method(user_id: str, accounts: Use) -> PaymentMethodBody:
    """How a user pays."""
    return PaymentMethodBody.of(await accounts.payment_method(user_id))


@routes.put("/users/{user_id}/payment-method", responses=error_answers(400, 404))
async def store_payment_method(user_id: str, body: PaymentMethodBody, accounts: Use) -> PaymentMethodBody:
    """Keep how a user pays, for the orders to come."""
    return PaymentMethodBody.of(await accounts.store_payment_method(user_id, body.as_method()))
