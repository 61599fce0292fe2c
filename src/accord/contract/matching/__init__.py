"""Comparing what was expected with what was seen, by the rules of the Pact specification."""

from accord.contract.matching.parts import match_message, match_request, match_response

__all__ = ["match_message", "match_request", "match_response"]
