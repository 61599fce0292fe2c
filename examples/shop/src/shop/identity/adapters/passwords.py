"""Passwords hashed with argon2id."""

import asyncio

import argon2

from shop.identity.service.ports import PasswordHasher


class Argon2Hasher(PasswordHasher):
    """The real hasher. It computes in a thread, for it takes tens of milliseconds on purpose.

    Args:
        hasher: with parameters of one's own; argon2-cffi's recommended ones when left out.
    """

    def __init__(self, hasher: argon2.PasswordHasher | None = None) -> None:
        self._hasher = hasher or argon2.PasswordHasher()

    async def hashed(self, password: str) -> str:
        return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, stored: str) -> bool:
        try:
            return await asyncio.to_thread(self._hasher.verify, stored, password)
        except argon2.exceptions.VerifyMismatchError:
            return False
