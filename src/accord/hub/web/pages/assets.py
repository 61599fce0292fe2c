"""The pages' style and script, served by the hub."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from fastapi import Request
from starlette.responses import Response

from accord.hub.service.problems import GONE, NotFoundError
from accord.hub.web.routing import HubRouter

KINDS = {"hub.css": "text/css;charset=utf-8", "hub.js": "text/javascript;charset=utf-8", "icon.svg": "image/svg+xml"}

router = HubRouter(include_in_schema=False)


@cache
def content(name: str) -> bytes:
    """A file's content."""
    return (Path(__file__).parent / "assets" / name).read_bytes()


@cache
def fingerprint(name: str) -> str:
    """What changes with a file's content; it is part of its address, so that browsers may keep the file."""
    return hashlib.sha256(content(name)).hexdigest()[:12]


@router.get("/assets/{name}")
async def get_asset(request: Request, name: str) -> Response:
    """A file of the pages."""
    if name not in KINDS:
        raise NotFoundError(GONE)
    kept = request.query_params.get("v") == fingerprint(name)
    lasting = "public, max-age=31536000, immutable" if kept else "no-cache"
    return Response(content(name), headers={"content-type": KINDS[name], "cache-control": lasting})
