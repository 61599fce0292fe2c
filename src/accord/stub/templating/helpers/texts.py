"""Helpers that make texts of texts."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

from accord.contract.patterns import TIME_LIMIT, PatternError, compile_pattern
from accord.stub.templating.errors import HelperError
from accord.stub.templating.helpers.arguments import problem, size_within, stand_in, text_or_first, whole
from accord.stub.templating.helpers.java_formatter import format_text
from accord.stub.templating.helpers.registry import helper
from accord.stub.templating.values import Several, is_falsy, to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from accord.stub.templating.calls import Arguments

_MIN_ABBREVIATION = 4
_TAG = re.compile(r"<[^>]*>")
_WORD_START = re.compile(r"(^|\s)(\S)")


def _of_text(
    name: str, summary: str, example: str, gives: str
) -> Callable[[Callable[[str, Arguments], Any]], Callable[[str, Arguments], Any]]:
    """Register a helper of a text; an empty one gives the first parameter, as in Handlebars.java."""

    def register(function: Callable[[str, Arguments], Any]) -> Callable[[str, Arguments], Any]:
        @helper(name, summary, example, gives)
        def of_text(arguments: Arguments) -> Any:
            text = text_or_first(arguments)
            return stand_in(arguments) if text is None else function(text, arguments)

        del of_text
        return function

    return register


@_of_text("upper", "in capitals", "{{upper 'abc'}}", "ABC")
def _upper(text: str, _arguments: Arguments) -> str:
    return text.upper()


@_of_text("lower", "in small letters", "{{lower 'ABC'}}", "abc")
def _lower(text: str, _arguments: Arguments) -> str:
    return text.lower()


@_of_text("capitalize", "each word with a capital; fully=true: the rest in small letters",
          "{{capitalize 'my first post'}}", "My First Post")  # fmt: skip
def _capitalize(text: str, arguments: Arguments) -> str:
    if arguments.hash.get("fully"):
        text = text.lower()
    return _WORD_START.sub(lambda match: match.group(1) + match.group(2).upper(), text)


@_of_text("capitalizeFirst", "the first letter as a capital", "{{capitalizeFirst 'my post'}}", "My post")
def _capitalize_first(text: str, _arguments: Arguments) -> str:
    return text[:1].upper() + text[1:]


@helper("trim", "without space around; as a block too", "[{{trim '  a '}}]", "[a]")
def _trim(arguments: Arguments) -> str:
    return (arguments.body() if arguments.is_block else to_text(arguments.context)).strip()


@_of_text("replace", "each occurrence of a text by another", "{{replace 'a.b.c' '.' '-'}}", "a-b-c")
def _replace(text: str, arguments: Arguments) -> str:
    old, new = arguments.parameter(0), arguments.parameter(1)
    if not isinstance(old, str) or not isinstance(new, str):
        raise HelperError("two texts are needed: what to replace, and by what")
    arguments.run.check_length(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


@_of_text("substring", "from an index, up to another", "{{substring 'abcdef' 2 4}}", "cd")
def _substring(text: str, arguments: Arguments) -> str:
    start = whole(arguments.parameter(0), "the start")
    end = whole(arguments.parameter(1, len(text)), "the end")
    if not 0 <= start <= end <= len(text):
        raise HelperError(f"begin {start}, end {end}: the text has {len(text)} characters")
    return text[start:end]


@_of_text("abbreviate", "cut to a length, with three dots", "{{abbreviate 'Handlebars rocks' 13}}", "Handlebars...")
def _abbreviate(text: str, arguments: Arguments) -> str:
    width = whole(arguments.parameter(0), "the width")
    if width < _MIN_ABBREVIATION:
        raise HelperError(f"the width must be at least {_MIN_ABBREVIATION}, not {width}")
    return text if len(text) <= width else text[: width - 3] + "..."


@_of_text("wordWrap", "lines of at most so many characters", "{{wordWrap 'Joel is a slug' 5}}", "Joel\nis a\nslug")
def _word_wrap(text: str, arguments: Arguments) -> str:
    width = max(whole(arguments.parameter(0), "the width"), 1)
    return "\n".join(
        textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False, replace_whitespace=False)
    )


@_of_text("slugify", "for an address: small letters and hyphens", "{{slugify 'Joel is a slug'}}", "joel-is-a-slug")
def _slugify(text: str, _arguments: Arguments) -> str:
    return "".join("-" if letter.isspace() else letter.lower() for letter in text.strip()
                   if letter.isspace() or letter.isalpha())  # fmt: skip


@_of_text("stripTags", "without tags", "{{stripTags '<b>x</b>'}}", "x")
def _strip_tags(text: str, _arguments: Arguments) -> str:
    return _TAG.sub("", text)


@_of_text("cut", "without a text in it", "{{cut 'a b c' ' '}}", "abc")
def _cut(text: str, arguments: Arguments) -> str:
    return text.replace(to_text(arguments.parameter(0, " ")), "")


@_of_text("center", "in the middle of a field", "[{{center 'ab' size=6}}]", "[  ab  ]")
def _center(text: str, arguments: Arguments) -> str:
    size, pad = _field(arguments)
    left = max(size - len(text), 0) // 2
    return _padded(_padded(text, len(text) + left, pad, left=True), size, pad, left=False)


@_of_text("ljust", "at the left of a field", "[{{ljust 'ab' size=4}}]", "[ab  ]")
def _ljust(text: str, arguments: Arguments) -> str:
    return _padded(text, *_field(arguments), left=False)


@_of_text("rjust", "at the right of a field", "[{{rjust 'ab' size=4 pad='.'}}]", "[..ab]")
def _rjust(text: str, arguments: Arguments) -> str:
    return _padded(text, *_field(arguments), left=True)


def _field(arguments: Arguments) -> tuple[int, str]:
    return size_within(arguments, arguments.hash.get("size"), "size"), to_text(arguments.hash.get("pad", " ")) or " "


def _padded(text: str, size: int, pad: str, *, left: bool) -> str:
    missing = max(size - len(text), 0)
    padding = (pad * (missing // len(pad) + 1))[:missing]
    return padding + text if left else text + padding


@helper("defaultIfEmpty", "a value, or another where it is empty", "{{defaultIfEmpty missing 'none'}}", "none")
def _default_if_empty(arguments: Arguments) -> Any:
    return stand_in(arguments) if is_falsy(arguments.context) else to_text(arguments.context)


@helper("yesno", "words for true, false and missing", "{{yesno true}} {{yesno false no='nay'}}", "yes nay")
def _yesno(arguments: Arguments) -> Any:
    if arguments.context is None:
        return arguments.hash.get("maybe", "maybe")
    if not isinstance(arguments.context, bool):
        raise HelperError(f"found {to_text(arguments.context)!r}, expected true or false")
    word = "yes" if arguments.context else "no"
    return arguments.hash.get(word, word)


@helper("join", "items of a list, or the parameters, with a text between", "{{join 'a' 'b' ', '}}", "a, b")
def _join(arguments: Arguments) -> str:
    if is_falsy(arguments.context):
        return ""
    separator = arguments.parameters[-1] if arguments.parameters else None
    if not isinstance(separator, str):
        raise HelperError(f"found {to_text(separator)!r}, expected the text between the items as the last parameter")
    items = (
        arguments.context if isinstance(arguments.context, list) else [arguments.context, *arguments.parameters[:-1]]
    )
    texts = [to_text(item) for item in items]
    arguments.run.check_length(sum(map(len, texts)) + len(separator) * len(texts))
    return (
        f"{to_text(arguments.hash.get('prefix', ''))}{separator.join(texts)}{to_text(arguments.hash.get('suffix', ''))}"
    )


@helper("split", "a text at each occurrence of another, as an array", "{{split 'a,b' ','}}", "[a, b]", is_own=True)
def _split(arguments: Arguments) -> list[str]:
    separator = to_text(arguments.parameter(0, ","))
    text = to_text(arguments.context)
    parts = text.split(separator) if separator else list(text)
    arguments.run.spend(len(parts))
    return parts


@helper("stringFormat", "as Java's String.format", "{{stringFormat '%03d %s' 7 'x'}}", "007 x")
def _string_format(arguments: Arguments) -> str:
    text = text_or_first(arguments)
    if text is None:
        return to_text(stand_in(arguments))
    return format_text(text, arguments.parameters, arguments.run.surroundings.limits.characters)


@helper("regexExtract", "what a pattern finds; with a name, its groups are assigned to it",
        "{{regexExtract 'abc-123' '[0-9]+'}}", "123")  # fmt: skip
def _regex_extract(arguments: Arguments) -> Any:
    pattern = to_text(arguments.parameter(0))
    text = to_text(arguments.context)
    try:
        compiled = compile_pattern(pattern)
        if len(arguments.parameters) == 1:
            found = compiled.search(text, timeout=TIME_LIMIT)
            return found.group() if found else _unmatched(arguments, pattern)
        groups = [group for match in compiled.finditer(text, timeout=TIME_LIMIT) for group in match.groups()]
    except PatternError:
        return problem(f"Invalid regex string {pattern}")
    except TimeoutError:
        raise HelperError(f"the pattern {pattern!r} takes too long") from None
    if not groups:
        return _unmatched(arguments, pattern)
    arguments.run.assigned[to_text(arguments.parameters[1])] = Several(groups)
    return None


def _unmatched(arguments: Arguments, pattern: str) -> Any:
    return arguments.hash["default"] if "default" in arguments.hash else problem(f"Nothing matched {pattern}")
