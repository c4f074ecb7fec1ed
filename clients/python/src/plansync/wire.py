"""Sends one message and waits for its reply."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import nats.errors
from nats.aio.client import Client as NATS
from nats.aio.msg import Msg

from . import checks
from ._event_kinds import BYTES_FIELDS
from .bodies import BODY_BYTES_MAX, MEDIA_TYPES, Encoding, decode, encode
from .errors import MAKES_STREAMS, Closed, NotStored, refusal
from .retry import LOST, Unanswered
from .waiting import Waiting, is_refused, not_authorized

COMMANDS_STREAM = "PLANSYNC_COMMANDS"
LOOK_S_MAX = 1.0
"""How long an answer to whether there is a stream is waited for."""


class Wire:
    """One actor of one tenant on a connection."""

    def __init__(self, connection: NATS, tenant: str, actor: str, encoding: Encoding, waiting: Waiting) -> None:
        if not isinstance(connection, NATS):
            raise TypeError(f"the connection is one of `nats.connect`, and not {connection!r}")
        self.connection = connection
        self.tenant = checks.token("tenant", tenant)
        self.actor = checks.token("actor", actor)
        self.encoding = checks.one_of("encoding", encoding, MEDIA_TYPES)
        self.waiting = waiting
        self._may_look = True

    async def request(self, operation: str, body: dict[str, Any], timeout_s: float) -> Any:
        """One attempt: the reply, or the refusal as an error."""
        msg = await self._send("req", operation, body, timeout_s)
        headers = msg.headers or {}
        reply = decode(msg.data, headers.get("content-type"), BYTES_FIELDS)
        if "Nats-Service-Error-Code" in headers:
            raise refusal(reply, body.get("command_id"))
        return reply

    async def store(self, operation: str, body: dict[str, Any], timeout_s: float) -> int:
        """One attempt to store a durable command: its sequence in the stream."""
        msg = await self._send("cmd", operation, body, timeout_s)
        answer = json.loads(msg.data)
        error = answer.get("error")
        if error is None:
            return int(answer["seq"])
        if error.get("code") == 503:
            raise Unanswered(f"the command stream takes nothing at present: {error.get('description')}")
        raise NotStored(f"the command was not stored: {error.get('description')} ({error.get('err_code')})")

    async def _send(self, family: str, operation: str, body: dict[str, Any], timeout_s: float) -> Msg:
        subject = f"plansync.v1.{family}.{self.tenant}.{self.actor}.{operation}"
        headers = {"content-type": MEDIA_TYPES[self.encoding]}
        data = encode(body, self.encoding)
        if len(data) > BODY_BYTES_MAX:
            raise ValueError(
                f"the body has {len(data)} bytes, but the limit is {BODY_BYTES_MAX}: split it; nothing was sent"
            )
        last_error = self.connection.last_error
        command_id = body.get("command_id")
        try:
            sending = self.connection.request(subject, data, timeout_s, headers=headers)
            return await self.waiting.until_ended(sending, subject, command_id)
        except (nats.errors.ConnectionClosedError, nats.errors.ConnectionDrainingError) as error:
            raise Closed("the connection is closed", command_id) from error
        except nats.errors.NoRespondersError as error:
            if family == "req":
                raise Unanswered(f"nobody answers on {subject}: the engine is not running") from error
            await self._raise_if_no_stream()
            raise Unanswered(f"no stream takes what is sent to {subject}: {MAKES_STREAMS}") from error
        except LOST as error:
            said = self.connection.last_error
            if said is not last_error and is_refused(str(said), subject):
                raise not_authorized(str(said)) from error
            raise Unanswered(f"no answer on {subject} within {timeout_s} s") from error

    async def _raise_if_no_stream(self) -> None:
        """Nobody takes the command: because there is no stream, or because its server is starting. A user who may not
        ask is not told which.
        """
        if not self._may_look:
            return
        try:
            subject = f"$JS.API.STREAM.INFO.{COMMANDS_STREAM}"
            said = json.loads((await self.connection.request(subject, b"", timeout=LOOK_S_MAX)).data)
        except (nats.errors.Error, asyncio.TimeoutError, ValueError):
            self._may_look = False
            return
        if (said.get("error") or {}).get("code") == 404:
            raise NotStored(
                f"the command was not stored, because there is no stream {COMMANDS_STREAM}: {MAKES_STREAMS}"
            )
