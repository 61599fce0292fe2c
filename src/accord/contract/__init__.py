"""Contracts between participants: the Pact file, its matching, the consumer's and the provider's side."""

from accord.contract.matching import match_message, match_request, match_response
from accord.contract.mismatches import Mismatch
from accord.contract.model import Contract
from accord.contract.spec import SpecVersion
