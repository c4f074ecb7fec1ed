"""What the generated operations call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Protocol

from .bodies import Body
from .durable import DurableCommand


class Operating(Protocol):
    """Carries out operations by name."""

    async def request(self, operation: str, body: Body) -> Any: ...

    async def durable(self, operation: str, body: Body) -> DurableCommand[Any]: ...

    def all(self, operation: str, body: Body) -> AsyncIterator[Any]: ...
