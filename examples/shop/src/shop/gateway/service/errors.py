"""Why a request goes no further."""


class GatewayError(Exception):
    """Base of the gateway's own refusals."""


class UnknownPathError(GatewayError):
    """No route leads there."""

    def __init__(self) -> None:
        super().__init__("Not found")


class MethodRefusedError(GatewayError):
    """The path is known, but not with this method."""

    def __init__(self, known: frozenset[str]) -> None:
        super().__init__(f"This path knows {', '.join(sorted(known))}")
        self.known = known


class UnknownCallerError(GatewayError):
    """The route needs to know who calls."""

    def __init__(self) -> None:
        super().__init__("This request needs a valid bearer token")


class ForbiddenError(GatewayError):
    """The caller is known and may not."""

    def __init__(self) -> None:
        super().__init__("This request is for staff")


class TooManyRequestsError(GatewayError):
    """The caller comes too often."""

    def __init__(self, wait: float) -> None:
        super().__init__("Too many requests")
        self.wait = wait


class UpstreamUnavailableError(GatewayError):
    """A service is not there, and nothing can stand in for it."""

    def __init__(self, upstream: str, wait: float, *, too_slow: bool = False) -> None:
        name = upstream.capitalize()
        super().__init__(f"{name}Service {'took too long' if too_slow else 'gives no answer'}; try again")
        self.wait = wait
        self.too_slow = too_slow
