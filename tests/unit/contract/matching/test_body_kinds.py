"""Bodies of every kind: what they are told by, how they are compared, and how another kind is added."""

import io
import zipfile
from typing import Any

import pytest

from accord.contract import body_kinds
from accord.contract.bodies import Body
from accord.contract.matching import match_request, match_response
from accord.contract.matching.bodies import match_body
from accord.contract.matching.content_types import detect, has_content_type
from accord.contract.matching.headers import match_headers
from accord.contract.matching.multipart_body import parse_multipart
from accord.contract.mismatches import Mismatch
from accord.contract.model import Request, Response
from accord.contract.rule_format import rules_from_json
from accord.contract.rules import RuleCategory
from accord.core.errors import DocumentError

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
FILE = '; filename="f.txt"'


def rules(**by_path: dict[str, Any]) -> RuleCategory:
    document = {path: {"matchers": [rule]} for path, rule in by_path.items()}
    return rules_from_json({"body": document}, "$", v2=False).category("body")


def problems(
    expected: Body, actual: Body, by_path: dict[str, Any] | None = None, *, allow_unexpected: bool = False
) -> list[str]:
    found = match_body(expected, actual, rules(**(by_path or {})), allow_unexpected=allow_unexpected)
    return [str(each) for each in found]


def part(name: str, content: str, more: str = "", headers: str = "") -> str:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n{headers}\r\n{content}\r\n'


def multipart(*parts: str) -> Body:
    return Body.of_bytes(("".join(parts) + "--b--\r\n").encode(), MULTIPART)


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "application/epub+zip" if name == "mimetype" else "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF0000WEBP", "image/webp"),
        (b"RIFF0000ODD ", "application/octet-stream"),
        (b"%PDF-1.4", "application/pdf"),
        (b"\x1f\x8b\x08", "application/gzip"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"\x00\x00\x00\x18ftypavif", "image/avif"),
        (b"x" * 257 + b"ustar", "application/x-tar"),
        (zipped("a.txt"), "application/zip"),
        (zipped("[Content_Types].xml", "word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (zipped("mimetype", "a"), "application/epub+zip"),
        (b'{"a": 1}', "application/json"),
        (b"[1]", "application/json"),
        (b"{no json", "text/plain"),
        (b"<?xml version='1.0'?><a/>", "application/xml"),
        (b"<a>x</a>", "application/xml"),
        (b"<!DOCTYPE html><p>", "text/html"),
        (b"hello", "text/plain"),
        (b"a,b\n1,2", "text/plain"),
        (b"\x00\x01", "application/octet-stream"),
        (b"\xfe\xff\xff", "application/octet-stream"),
    ],
)  # fmt: skip
def test_bytes_are_told_by_how_they_begin(data: bytes, media_type: str) -> None:
    assert detect(data) == media_type


@pytest.mark.parametrize(
    ("data", "wanted", "seen"),
    [
        (b"\x1f\x8b", "application/x-gzip", None),
        (b"<a/>", "text/xml; charset=utf-8", None),
        (b"<svg></svg>", "image/svg+xml", None),
        (b"{}", "application/hal+json", None),
        (b"a,b", "text/csv", None),
        (b"{}", "text/csv", "application/json"),
        (b"GIF89a", "image/png", "image/gif"),
    ],
)
def test_other_names_of_a_type_are_the_same_type(data: bytes, wanted: str, seen: str | None) -> None:
    assert has_content_type(data, wanted) == seen


def test_bytes_that_differ_are_shown_as_such() -> None:
    [problem] = problems(Body.of_bytes(b"\xff\x00"), Body.of_bytes(b"\xff\x01"))
    assert problem == "body $: expected 2 bytes that begin with ff 00, seen 2 bytes that begin with ff 01"


def test_a_form_names_its_field() -> None:
    wanted = Body.of_text("a=1&b=2&b=3", FORM)
    assert problems(wanted, Body.of_text("b=2&a=1&b=3", FORM)) == []
    assert problems(wanted, Body.of_text("a=1&b=2&b=4", FORM)) == ['body $.b: expected ["2", "3"], seen ["2", "4"]']
    assert problems(wanted, Body.of_text("b=2&b=3&c=1", FORM)) == [
        'body $.a: expected "1", seen nothing',
        'body $.c: unexpected field, seen "1"',
    ]
    assert problems(wanted, Body.of_text("a=1&b=2&b=3&c=1", FORM), allow_unexpected=True) == []
    assert problems(wanted, Body.of_text("a=1&b=2&b=9", FORM), {"$.b[1]": {"match": "regex", "regex": r"\d"}}) == []


@pytest.mark.parametrize(
    ("expected", "actual", "by_path", "problem"),
    [
        (part("a", "1"), part("b", "1"), {}, "body $.a: expected a part 'a', seen the parts 'b'"),
        (part("a", "1"), part("a", "1", FILE), {}, "body $.a: expected a field, seen a file"),
        (part("a", "1", FILE), part("a", "1"), {}, "body $.a: expected a file, seen a field"),
        (part("a", "1"), part("a", "2"), {}, 'body $.a: expected "1", seen "2"'),
        (part("a", "1"), part("a", "x"), {"$.a": {"match": "integer"}}, 'body $.a: expected an integer such as "1", seen a string: "x"'),
        (part("a", "1", headers="X-A: 1\r\n"), part("a", "1"), {}, 'body $.a[\'x-a\']: expected the header x-a with "1", seen nothing'),
        (part("a", "1", headers="X-A: 1\r\n"), part("a", "1", headers="X-A: 2\r\n"), {}, 'body $.a[\'x-a\']: expected the header x-a with "1", seen "2"'),
        (
            part("a", '{"n": 1}', FILE, "Content-Type: application/json\r\n"), part("a", '{"n": "x"}', FILE, "Content-Type: application/json\r\n"),
            {"$.a.n": {"match": "integer"}}, 'body $.a.n: expected an integer such as 1, seen a string: "x"',
        ),
        (
            part("a", "%PDF-1", FILE), part("a", "GIF89a", FILE), {"$.a": {"match": "contentType", "value": "application/pdf"}},
            "body $.a: expected content of the type application/pdf, seen image/gif",
        ),
    ],
)  # fmt: skip
def test_a_multipart_body_names_its_part(expected: str, actual: str, by_path: dict[str, Any], problem: str) -> None:
    assert problems(multipart(expected), multipart(expected), by_path) == []
    assert problems(multipart(expected), multipart(actual), by_path) == [problem]


def test_parts_are_read_with_their_encoding_and_without_a_name() -> None:
    encoded = part("a", "aGVsbG8=", headers="Content-Transfer-Encoding: base64\r\n")
    [one, two] = parse_multipart(multipart(encoded, "--b\r\n\r\nno headers\r\n"))
    assert (one.key, one.body.data) == ("a", b"hello")
    assert (two.key, two.body.data, two.is_file) == (1, b"no headers", True)


def test_the_boundary_is_seen_in_the_body_where_nothing_declares_it() -> None:
    body = Body.of_bytes(b"--odd\nContent-Disposition: form-data; name=a\n\n1\n--odd--\n", "multipart/form-data")
    assert [each.name for each in parse_multipart(body)] == ["a"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"x", "no boundary in 'multipart/mixed'"), (b"--b\nx", "has no part"), (b"--b--", "has no part")],
)
def test_what_is_no_multipart_body_says_why(data: bytes, reason: str) -> None:
    declared = "multipart/mixed" if data == b"x" else "multipart/mixed; boundary=c"
    with pytest.raises(DocumentError, match=reason):
        parse_multipart(Body.of_bytes(data, declared))


def test_a_broken_multipart_body_is_a_mismatch() -> None:
    [problem] = problems(multipart(part("a", "1")), Body.of_bytes(b"x", MULTIPART))
    assert "the body has no part between boundaries 'b'" in problem


def test_too_many_parts_are_not_read() -> None:
    with pytest.raises(DocumentError, match="more than 1000 parts"):
        parse_multipart(multipart(*[part("a", "1")] * 1001))


def test_a_rule_for_the_header_says_which_types_are_taken() -> None:
    rule = {"header": {"Content-Type": {"matchers": [{"match": "regex", "regex": "multipart/.*"}]}}}
    expected = Request(
        headers={"Content-Type": (MULTIPART,)},
        body=multipart(part("a", "1")),
        rules=rules_from_json(rule, "$", v2=False),
    )
    other = Body.of_bytes(multipart(part("a", "1")).data.replace(b"--b", b"--zz"), "multipart/mixed; boundary=zz")
    actual = Request(headers={"Content-Type": ("multipart/mixed; boundary=zz",)}, body=other)
    assert match_request(expected, actual) == []


@pytest.mark.parametrize(
    ("rule", "status", "fits"),
    [
        ({"match": "integer"}, 404, True),
        ({"match": "equality"}, 404, False),
        ({"match": "statusCode"}, 204, True),
        ({"match": "statusCode", "status": "odd"}, 200, False),
    ],
)
def test_a_status_may_have_any_rule(rule: dict[str, Any], status: int, fits: bool) -> None:  # noqa: FBT001 - a column of the table
    expected = Response(200, rules=rules_from_json({"status": {"matchers": [rule]}}, "$", v2=False))
    assert (match_response(expected, Response(status)) == []) is fits


def test_one_of_two_rules_for_a_status_is_enough() -> None:
    document = {
        "status": {
            "combine": "OR",
            "matchers": [{"match": "statusCode", "status": [200]}, {"match": "statusCode", "status": "redirect"}],
        }
    }
    expected = Response(200, rules=rules_from_json(document, "$", v2=False))
    assert match_response(expected, Response(302)) == []
    assert match_response(expected, Response(404)) != []


def test_a_header_has_rules_by_index() -> None:
    document = {"header": {"$.X[0]": {"matchers": [{"match": "regex", "regex": r"\d"}]}}}
    category = rules_from_json(document, "$", v2=False).category("header")
    assert match_headers({"X": ("1", "b")}, {"x": ("7", "b")}, category) == []
    assert match_headers({"X": ("1", "b")}, {"x": ("7", "c")}, category) != []


def match_upper(expected: Body, actual: Body, rules: RuleCategory, *, allow_unexpected: bool) -> list[Mismatch]:
    same = expected.text().upper() == actual.text().upper()
    return [] if same else [Mismatch("body", "$", expected.text(), actual.text(), "differs in more than case")]


def test_another_kind_is_added_beside_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_kinds, "_kinds", list(body_kinds._kinds))
    monkeypatch.setattr("accord.contract.matching.bodies.load", lambda name: match_upper)
    body_kinds.register_body_kind(
        body_kinds.BodyKind("upper", lambda media_type: media_type == "text/upper", "x:match_upper")
    )
    try:
        assert body_kinds.body_kind("text/upper").name == "upper"
        assert body_kinds.body_kind("text/plain") is body_kinds.TEXT
        assert problems(Body.of_text("a", "text/upper"), Body.of_text("A", "text/upper")) == []
    finally:
        monkeypatch.undo()
        body_kinds.body_kind.cache_clear()
