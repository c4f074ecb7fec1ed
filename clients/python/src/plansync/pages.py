"""Lists, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from . import checks
from ._refusals import PageTooLarge

PAGE_SIZE = 100


@dataclass(frozen=True)
class Paging:
    """How an operation returns its list."""

    field: str
    """The field of the reply that holds the items."""
    pinned_by: Literal["hold", "at_version"] | None
    """How all pages belong to the same state: a held reading, a version of the plan, or not at all."""


def items(
    request: Callable[[dict[str, Any]], Awaitable[Any]], paging: Paging, body: dict[str, Any]
) -> AsyncIterator[Any]:
    """All items. A page that is too large for a reply is asked for again in smaller pages."""
    given = body.get("page_size")
    size = PAGE_SIZE if given is None else checks.whole("`page_size`", given, 1, checks.PAGE_SIZE_MAX)
    for field in ("page", "hold", "at"):
        if body.get(field) is not None:
            raise ValueError(
                f"`{field}` is set for each page of a list; leave it out, or ask for one page with `request`"
            )
    return _items(request, paging, body, size)


async def _items(
    request: Callable[[dict[str, Any]], Awaitable[Any]], paging: Paging, body: dict[str, Any], size: int
) -> AsyncIterator[Any]:
    body = {**body, "hold": True} if paging.pinned_by == "hold" else dict(body)
    seen = 0
    while True:
        try:
            reply = await request({**body, "page": seen // size + 1, "page_size": size})
        except PageTooLarge as error:
            fits = error.details.get("page_size")
            if not fits or fits >= size:
                raise
            size = fits
            continue
        for item in reply[paging.field][seen % size :]:
            seen += 1
            yield item
        if seen >= reply["total"] or not reply[paging.field]:
            return
        body = pinned(body, paging, reply)


def pinned(body: dict[str, Any], paging: Paging, reply: dict[str, Any]) -> dict[str, Any]:
    """The body for the pages after the one with this reply."""
    if paging.pinned_by == "hold" and reply.get("position") is not None:
        return {**{key: value for key, value in body.items() if key != "hold"}, "at": reply["position"]}
    if paging.pinned_by == "at_version":
        return {**body, "at_version": reply["version"]}
    return body
