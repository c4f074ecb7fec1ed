"""Lists, page by page."""

from typing import Any

import pytest

from plansync import PageTooLarge
from plansync.pages import Paging, items

HELD = Paging(field="items", pinned_by="hold")


class Service:
    """Has a list, and remembers what it was asked for."""

    def __init__(self, total: int, size_max: int = 500) -> None:
        self.total = total
        self.size_max = size_max
        self.bodies: list[dict[str, Any]] = []

    async def request(self, body: dict[str, Any]) -> dict[str, Any]:
        self.bodies.append(body)
        page, size = body["page"], body["page_size"]
        if size > self.size_max:
            raise PageTooLarge("page_too_large", "x", {"page_size": self.size_max})
        numbers = range((page - 1) * size, min(page * size, self.total))
        return {"total": self.total, "position": 9, "version": 4, "items": list(numbers)}


async def read(service: Service, paging: Paging, body: dict[str, Any]) -> list[int]:
    return [item async for item in items(service.request, paging, body)]


@pytest.mark.parametrize("total", [0, 1, 2, 3, 4, 5])
async def test_every_item_comes_once(total: int) -> None:
    assert await read(Service(total), HELD, {"page_size": 2}) == list(range(total))


async def test_the_first_page_is_held_and_the_others_are_of_its_position() -> None:
    service = Service(3)
    await read(service, HELD, {"page_size": 2, "search": "x"})
    assert service.bodies == [
        {"page_size": 2, "search": "x", "hold": True, "page": 1},
        {"page_size": 2, "search": "x", "at": 9, "page": 2},
    ]


async def test_the_pages_of_a_plan_are_of_one_version() -> None:
    service = Service(3)
    await read(service, Paging(field="items", pinned_by="at_version"), {"page_size": 2})
    assert [body.get("at_version") for body in service.bodies] == [None, 4]


@pytest.mark.parametrize("size_max", [1, 3, 7])
async def test_smaller_pages_lose_nothing(size_max: int) -> None:
    service = Service(10, size_max)
    assert await read(service, HELD, {"page_size": 8}) == list(range(10))


async def test_pages_that_become_too_large_on_the_way_lose_nothing() -> None:
    service = Service(20)
    read_so_far = []
    async for item in items(service.request, HELD, {"page_size": 7}):
        read_so_far.append(item)
        service.size_max = 3
    assert read_so_far == list(range(20))


async def test_a_single_item_that_is_too_large_is_an_error() -> None:
    with pytest.raises(PageTooLarge):
        await read(Service(3, size_max=0), HELD, {})
