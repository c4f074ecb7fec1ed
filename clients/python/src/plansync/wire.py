"""Sends one message and waits for its reply."""

from __future__ import annotations

import json
import re
from typing import Any

import nats.errors
from nats.aio.client import Client as NATS
from nats.aio.msg import Msg

from ._event_kinds import BYTES_FIELDS
from .bodies import MEDIA_TYPES, Encoding, decode, encode
from .errors import NotAuthorized, NotStored, refusal
from .retry import LOST, Unanswered

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Wire:
    """One actor of one tenant on a connection."""

    def __init__(self, connection: NATS, tenant: str, actor: str, encoding: Encoding) -> None:
        for what, value in (("tenant", tenant), ("actor", actor)):
            if not TOKEN.fullmatch(value):
                raise ValueError(f"{what} `{value}`: 1 to 64 letters, digits, `_` or `-`")
        self.connection = connection
        self.tenant = tenant
        self.actor = actor
        self.encoding = encoding

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
        last_error = self.connection.last_error
        try:
            return await self.connection.request(subject, encode(body, self.encoding), timeout_s, headers=headers)
        except nats.errors.NoRespondersError as error:
            raise Unanswered(f"nobody answers on {subject}: the engine is not running") from error
        except LOST as error:
            if self.connection.last_error is not last_error and _forbids(self.connection.last_error, subject):
                raise NotAuthorized(f"the NATS server refused: {self.connection.last_error}") from error
            raise Unanswered(f"no answer on {subject} within {timeout_s} s") from error


def _forbids(error: Exception | None, subject: str) -> bool:
    text = str(error).lower()
    return "permissions violation" in text and subject.lower() in text
