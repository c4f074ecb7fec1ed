"""Encodes bodies and decodes replies and events, so that a program sees the JSON form in either encoding."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from typing import Any, Literal, Protocol, TypeAlias

import msgpack

Encoding: TypeAlias = Literal["msgpack", "json"]

BODY_BYTES_MAX = 256 * 1024
"""The largest body that the service accepts."""

MEDIA_TYPES: dict[Encoding, str] = {"msgpack": "application/msgpack", "json": "application/json"}


class Dumps(Protocol):
    """A pydantic model, or what dumps itself like one."""

    def model_dump(self, *, mode: str, by_alias: bool, exclude_unset: bool) -> dict[str, Any]: ...


Body: TypeAlias = Mapping[str, Any] | Dumps


def as_dict(body: Body) -> dict[str, Any]:
    """A body in its JSON form. Fields of a model that were not set are left out."""
    if isinstance(body, Mapping):
        return dict(body)
    if not hasattr(body, "model_dump"):
        raise TypeError(f"a body is a dictionary or a pydantic model, and not {body!r:.80}")
    return body.model_dump(mode="json", by_alias=True, exclude_unset=True)


def encode(body: Mapping[str, Any], encoding: Encoding) -> bytes:
    """Encodes a body. `uuid.UUID`, `date` and `datetime` may stand where the schemas have their text."""
    if encoding == "json":
        return json.dumps(body, default=_as_text, allow_nan=False).encode()
    return bytes(msgpack.packb(body, default=_as_text))


def decode(data: bytes, media_type: str | None, bytes_fields: frozenset[str] = frozenset()) -> Any:
    """Decodes a reply or an event. Raises ValueError if it is neither JSON nor MessagePack."""
    kind = (media_type or "").split(";")[0].strip().lower()
    if kind == MEDIA_TYPES["json"] or (not kind and data[:1] == b"{"):
        return json.loads(data)
    if kind and kind != MEDIA_TYPES["msgpack"]:
        raise ValueError(f"the media type `{media_type}` is not known")
    return _json_form(msgpack.unpackb(data), None, bytes_fields)


def _json_form(value: Any, field: str | None, bytes_fields: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: _json_form(each, key, bytes_fields) for key, each in value.items()}
    if isinstance(value, list):
        return [_json_form(each, field, bytes_fields) for each in value]
    if isinstance(value, bytes):
        if len(value) == 16 and field not in bytes_fields:
            return str(uuid.UUID(bytes=value))
        return base64.b64encode(value).decode()
    return value


def _as_text(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return str(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in a body")
