"""Response templates of WireMock: Handlebars, compiled once to closures, rendered within limits.

``compile_template(text).render({"request": request_model(...), "parameters": {...}})``. What works is in
``working_helpers()``; another helper is refused by name when the template is compiled.
"""

from accord.stub.templating.compiler import compile_template
from accord.stub.templating.errors import TemplateError
from accord.stub.templating.helpers import describe_helpers, working_helpers
from accord.stub.templating.request_model import Part, request_model
from accord.stub.templating.surroundings import Limits, Surroundings
from accord.stub.templating.template import Template

__all__ = [
    "Limits",
    "Part",
    "Surroundings",
    "Template",
    "TemplateError",
    "compile_template",
    "describe_helpers",
    "request_model",
    "working_helpers",
]
