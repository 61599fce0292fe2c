from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from accord.core.errors import AccordError
from accord.stub.templating import (
    Part,
    Surroundings,
    TemplateError,
    compile_template,
    describe_helpers,
    request_model,
    working_helpers,
)

if TYPE_CHECKING:
    from accord.stub.templating.helpers import Helper
    from accord.stub.templating.request_model import RequestModel

_NOON = datetime(2030, 6, 14, 12, 0, 0, tzinfo=UTC)


def _rendered(template: str, **context: Any) -> str:
    surroundings = Surroundings(now=lambda: _NOON, random=random.Random(7), zone=UTC)
    return compile_template(template, surroundings=surroundings).render(context)


def _request(**given: Any) -> RequestModel:
    return request_model(**{"method": "GET", "url": "/a", "headers": [], "body": b""} | given)


@pytest.mark.parametrize("helper", working_helpers(), ids=lambda helper: helper.name)
def test_each_helper_does_what_its_documentation_says(helper: Helper) -> None:
    text = _rendered(helper.example)
    assert text == (helper.gives if helper.gives is not None else text)
    assert text


def test_clock_and_randomness_come_from_outside() -> None:
    template = "{{now format='yyyy-MM-dd HH:mm'}} {{now offset='-1 days'}} {{randomInt lower=0 upper=1000000}}"
    assert _rendered(template) == _rendered(template)
    assert _rendered(template).startswith("2030-06-14 12:00 2030-06-13T12:00:00Z ")


@pytest.mark.parametrize(("kind", "pattern"), [
    ("ALPHANUMERIC", "[a-z0-9]{9}"), ("ALPHABETIC", "[a-z]{9}"), ("NUMERIC", "[0-9]{9}"),
    ("HEXADECIMAL", "[a-f0-9]{9}"), ("ALPHANUMERIC_AND_SYMBOLS", "[!-~]{9}"),
    ("UUID", "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
])  # fmt: skip
def test_random_values_are_of_the_kind_asked_for(kind: str, pattern: str) -> None:
    assert _rendered(f"{{{{matches (randomValue type='{kind}' length=9) '{pattern}'}}}}") == "true"


@pytest.mark.parametrize(("template", "line", "column", "said"), [
    ("{{#if x}}", 1, 4, "never closed"),
    ("a\n  {{/if}}", 2, 6, "no open block"),
    ("{{#if x}}{{/each}}", 1, 13, "expected 'if'"),
    ("{{uper 'x'}}", 1, 3, "did you mean 'upper'?"),
    ("{{i18n 'x'}}", 1, 3, "'i18n' is not supported"),
    ("{{upper (jwt 'x')}}", 1, 10, "'jwt' is not supported"),
    ("{{> part}}", 1, 3, "partials"),
    ("{{{{raw}}}}x{{{{/raw}}}}", 1, 1, "raw blocks"),
    ('{"a":{{request.port}}}', 1, 20, "put a space"),
    ("{{'abc'}}", 1, 3, "begins with a name"),
    ("{{upper a=1 'x'}}", 1, 13, "without a name"),
    ("{{upper (lower 'x'}}", 1, 9, "never closed"),
    ("{{ }}", 1, 4, "empty"),
    ("{{! open }} {{!-- }}", 1, 13, "never closed"),
    ("{{range 1 99999999}}", 1, 3, "steps"),
    ("{{upper (substring 'abc' 9)}}", 1, 10, "3 characters"),
    ("{{date (now) offset='1 weeks'}}", 1, 3, "write a number and one of"),
    ("{{now timezone='Nowhere/At_All'}}", 1, 3, "not known"),
])  # fmt: skip
def test_what_cannot_work_is_said_with_its_place(template: str, line: int, column: int, said: str) -> None:
    with pytest.raises(TemplateError) as caught:
        _rendered(template)
    assert isinstance(caught.value, AccordError)
    assert said in str(caught.value)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize("template", [
    "{{#each (range 1 1000)}}{{#each (range 1 1000)}}{{#each (range 1 1000)}}x{{/each}}{{/each}}{{/each}}",
    "{{#assign 'a'}}0123456789{{/assign}}" + "{{#assign 'a'}}{{a}}{{a}}{{a}}{{a}}{{/assign}}" * 40,
    "{{val (rjust 'x' size=99999999999)}}",
    "{{rjust 'x' size=9000000}}" * 3,
    "{{stringFormat '%99999999999d' 1}}",
    "{{stringFormat '%99999999d' 1}}",
    "{{randomValue length=999999999}}",
    "{{replace (rjust 'x' size=9000000) ' ' '0123456789'}}",
    "{{join (range 1 9000) (rjust 'x' size=9000)}}",
    "{{regexExtract 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' '(a|a|aa)+$'}}",
    "{{matches 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' '(a|a|aa)+'}}",
    "{{math '1E999999999' '+' 1}}",
    "{{#if a}}" * 1000 + "{{/if}}" * 1000,
    "{{upper " + "(upper " * 1000 + "'x'" + ")" * 1000 + "}}",
    "{{jsonPath '{}' '$" + "[?(@.a" * 500 + "'}}",
    "{{parseJson '" + "[" * 100_000 + "]" * 100_000 + "'}}",
    "{{now offset='999999999 years'}}",
    "{{numberFormat 5 '" + "0" * 400 + "'}}",
    "x" * 1_000_001,
])  # fmt: skip
def test_a_template_that_would_take_for_ever_or_fill_the_memory_ends_with_an_error(template: str) -> None:
    try:
        text = _rendered(template)
    except TemplateError:
        return
    assert text.startswith("[ERROR")
    assert len(text) < 10_000


def test_a_deep_or_entity_ridden_xml_is_no_way_in() -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><r>&b;</r>'
    assert "aaaa" not in _rendered("{{xPath x '/r/text()'}}", x=bomb)
    stolen = '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><r>&a;</r>'
    assert "root" not in _rendered("{{xPath x '/r'}}{{formatXml x}}", x=stolen)


def test_system_values_are_read_only_where_permitted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_COLOUR", "blue")
    template = compile_template("{{systemValue key='SHOP_COLOUR'}}")
    assert template.render({}) == "[ERROR: Access to SHOP_COLOUR is denied]"
    assert template.render({}, surroundings=Surroundings(permitted_system_values=("SHOP_.*",))) == "blue"


def test_the_request_has_its_parts_and_path_parameters() -> None:
    parts = [Part("file", [("Content-Type", "text/plain")], b"hello")]
    request = _request(url="/orders/7", parts=parts, path_parameters={"id": "7"}, request_id="r-1", scheme="https",
                       default_host=("shop", 443), client_ip="10.0.0.9")  # fmt: skip
    template = (
        "{{request.id}} {{request.path}} {{request.path.id}} {{request.pathSegments.[0]}} {{request.baseUrl}} "
        "{{request.clientIp}} {{request.multipart}} {{request.parts.file.body}} "
        "{{request.parts.file.headers.content-type}} {{request.parts.file.bodyAsBase64}}"
    )
    assert _rendered(template, request=request) == (
        "r-1 /orders/7 7 orders https://shop 10.0.0.9 true hello text/plain aGVsbG8="
    )


def test_values_with_several_entries_print_the_first_and_give_the_others() -> None:
    request = _request(url="/a?x=1&x=2", headers=[("A", "1"), ("a", "2")])
    template = "{{request.query.x}}{{request.query.x.[1]}} {{request.headers.A}}{{request.headers.a.[1]}}"
    assert _rendered(template, request=request) == "12 12"


def test_a_template_without_tags_is_known_to_be_constant() -> None:
    assert compile_template("plain }} text").is_constant
    assert not compile_template("{{x}}").is_constant


def test_one_template_renders_in_many_threads_alike() -> None:
    template = compile_template("{{#each (range 1 50)}}{{val this assign='v'}}{{v}},{{/each}}{{who}}")
    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda n: template.render({"who": n}), range(200)))
    assert [text.rsplit(",", 1)[1] for text in texts] == list(map(str, range(200)))
    assert len({text.rsplit(",", 1)[0] for text in texts}) == 1


def test_the_table_for_the_documentation_has_a_line_for_each_helper() -> None:
    lines = describe_helpers().splitlines()
    assert len(lines) == len(working_helpers()) + 2
    assert all(line.count(" | ") >= 3 for line in lines[2:])
