"""Lists in pages, where a client asks: ``page`` and ``size``, or ``pageNumber`` and ``pageSize``; ``q`` narrows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from accord.hub.web.bodies import page_of, query_of
from accord.hub.web.hub import url_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Paging:
    """What is asked for of a list.

    Attributes:
        url: the list's.
        page: number and size; None for all.
        wanted: what a name has to contain; None for all.
    """

    url: str
    page: tuple[int, int] | None = None
    wanted: str | None = None

    def document(
        self, items: Sequence[T], make: Callable[[Sequence[T]], dict[str, Any]], name: Callable[[T], str] | None = None
    ) -> dict[str, Any]:
        """The document of the items that are asked for, with links to the pages beside this one.

        Args:
            items: all.
            make: the document of some.
            name: what ``q`` is compared with; None where the items were narrowed already.
        """
        if self.wanted and name is not None:
            items = [each for each in items if self.wanted.casefold() in name(each).casefold()]
        if self.page is None:
            return make(items)
        number, size = self.page
        pages = max(1, -(-len(items) // size))
        document = make(items[(number - 1) * size : number * size])
        document["page"] = {"number": number, "size": size, "totalElements": len(items), "totalPages": pages}
        links = document["_links"]
        if number < pages:
            links["next"] = {"href": f"{self.url}?size={size}&page={number + 1}", "title": "Next page"}
        if number > 1:
            links["previous"] = {"href": f"{self.url}?size={size}&page={number - 1}", "title": "Previous page"}
        return document


def paging_of(request: Request) -> Paging:
    """What a request asks for.

    Raises:
        RequestError: the page is no number.
    """
    query = query_of(request)
    wanted = query.get("q")
    return Paging(url_of(request), page_of(query), wanted if isinstance(wanted, str) and wanted else None)
