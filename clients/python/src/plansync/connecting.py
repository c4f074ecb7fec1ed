"""The first connection to a NATS server, within a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from nats.aio.client import Client as NATS

from . import checks
from .errors import NotConnected
from .waiting import Waiting

log = logging.getLogger("plansync")

CONNECT_S_MAX = 30.0
DEFAULTS: dict[str, Any] = {"max_reconnect_attempts": -1, "reconnect_time_wait": 0.5}
REFUSED = ("authorization", "authentication")
"""What the server says to a user whom it does not know; trying again does not help."""


async def connected(
    connection: NATS, servers: str | list[str], within_s: float, waiting: Waiting, options: dict[str, Any]
) -> None:
    """Connects, or raises `NotConnected`. What the server says later outside of replies goes to `waiting`, too."""
    checks.seconds("`connect_s_max`", within_s)
    given = options.pop("error_cb", None)
    refused: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    last: list[Exception] = []

    async def told(error: Exception) -> None:
        last[:] = [error]
        waiting.told(error)
        if connecting.done():
            await given(error) if given else log.warning("NATS: %s", error)
        elif not refused.done() and any(word in str(error).lower() for word in REFUSED):
            refused.set_result(None)

    connecting: asyncio.Future[None] = asyncio.ensure_future(
        connection.connect(servers, error_cb=told, **{**DEFAULTS, **options})
    )
    try:
        await asyncio.wait({connecting, refused}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        is_connected = connecting.done() and not connecting.cancelled() and connecting.exception() is None
        if not is_connected:
            connecting.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await connecting
            await connection.close()
    if is_connected:
        return
    where = servers if isinstance(servers, str) else ", ".join(servers)
    error = connecting.exception() if connecting.done() and not connecting.cancelled() else None
    if isinstance(error, (TypeError, ValueError)):
        raise error
    reason = error or (last[0] if last else None)
    if refused.done():
        raise NotConnected(
            f"the NATS server at {where} refused the user: {reason}; correct its name, password or credentials"
        )
    said = "" if reason is None else f" ({type(reason).__name__}: {reason})"
    raise NotConnected(
        f"no connection to {where} within {within_s:g} s{said}; start the NATS server (`plansync dev` starts one), or "
        "correct the address"
    ) from reason
