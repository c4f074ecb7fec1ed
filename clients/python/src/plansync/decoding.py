"""Turns messages of the event stream into events."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from nats.aio.msg import Msg

from ._event_kinds import BYTES_FIELDS, KINDS
from .bodies import decode
from .checkpoint import Checkpoint
from .event import Event, Unknown

log = logging.getLogger("plansync")


def event_of(msg: Msg) -> Event | None:
    """The event in a message; None, with a warning in the log, if it is no event of plansync."""
    headers = msg.headers or {}
    parts = msg.subject.split(".")
    try:
        checkpoint = Checkpoint.parse(headers["ce-id"])
        tenant, noun, about, what = parts[3:7]
    except (KeyError, ValueError):
        log.warning("a message on %s is no event of plansync and is skipped", msg.subject)
        return None
    known: dict[str, Any] = {
        "kind": f"{noun}.{what}",
        "tenant": tenant,
        "about": about,
        "position": checkpoint.position,
        "time": _time(headers.get("ce-time", "")),
        "actor": headers.get("ce-actor", ""),
        "command_id": headers.get("ce-correlationid"),
        "chain": headers.get("ce-chain"),
        "checkpoint": replace(checkpoint, sequence=msg.metadata.sequence.stream),
        "pending": msg.metadata.num_pending,
    }
    try:
        body = decode(msg.data, headers.get("content-type"), BYTES_FIELDS)
    except Exception:  # whatever the decoders raise for bytes that they do not understand
        return Unknown(**known, body=None, data=msg.data)
    kind = KINDS.get(known["kind"])
    return kind(**known, body=body) if kind else Unknown(**known, body=body, data=msg.data)


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
