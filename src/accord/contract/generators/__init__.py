"""Generators: values made when they are needed, in place of examples that would grow old (specification V3, V4)."""

from accord.contract.generators.parts import (
    apply_generators,
    missing_state_values,
    prepare_answer,
    prepare_message,
    prepare_request,
)
from accord.contract.generators.values import GeneratorContext, Mode

__all__ = [
    "GeneratorContext",
    "Mode",
    "apply_generators",
    "missing_state_values",
    "prepare_answer",
    "prepare_message",
    "prepare_request",
]
