"""Uses of the public API that mypy must accept, in strict mode. Replaced by a larger set soon."""

from accord import Pact, Verifier, match

pact: Pact = (
    Pact("Consumer", "Provider")
    .upon_receiving("a")
    .with_request("GET", "/")
    .will_respond_with(200, body=match.like({"a": 1}))
)
verifier: Verifier = Verifier("Provider").url("http://127.0.0.1:1").state("s", lambda: None)
