"""Checks of arguments: a mistake is an error at once, and neither ignored nor a time-out.

A value that is wrong raises ValueError, and one of a wrong type TypeError. Nothing was sent then.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

T = TypeVar("T", bound=str)

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
CONSUMER = re.compile(r"[^\s.*>/\\\x00-\x1f\x7f]{1,255}")
SUBJECT_PREFIX = re.compile(r"[^\s.*>\x00-\x1f\x7f]+(\.[^\s.*>\x00-\x1f\x7f]+)*")
PAGE_SIZE_MAX = 500
LIKENESS_MIN = 0.7


def text(what: str, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{what} is a text, and not {_shown(value)}")
    return value


def token(what: str, value: Any) -> str:
    """A tenant or an actor."""
    if not TOKEN.fullmatch(text(what, value)):
        raise ValueError(f"{what} {_shown(value)}: 1 to 64 letters, digits, `_` or `-`")
    return str(value)


def one_of(what: str, value: Any, known: Iterable[T]) -> T:
    """A word of a list that is known."""
    words = tuple(known)
    text(what, value)
    if value not in words:
        raise ValueError(unknown(what, value, words))
    return next(word for word in words if word == value)


def unknown(what: str, value: str, known: Iterable[str]) -> str:
    """What is said of a word that is not known: the words that are, the likely ones first."""
    words = sorted(known)
    likely = difflib.get_close_matches(value, words, n=3, cutoff=LIKENESS_MIN)
    likely = likely or [word for word in words if word.split(".")[0] == value.split(".")[0]]
    meant = f"; did you mean {_listed(likely, 'or')}?" if likely else ""
    return f"{what} {_shown(value)} is not known{meant} (known: {', '.join(words)})"


def kinds(given: Any, known: Iterable[str]) -> list[str]:
    """The kinds of events that are wanted; all, if none are given."""
    if given is None:
        return []
    if isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable):
        raise TypeError(f"`kinds` is a list of kinds of events, and not {_shown(given)}")
    words = tuple(known)
    found = [one_of("the kind of event", kind, words) for kind in given]
    if not found:
        raise ValueError("`kinds` is empty, so that no event would be received; leave it out to receive all kinds")
    for kind in found:
        if found.count(kind) > 1:
            raise ValueError(f"`kinds` names `{kind}` twice")
    return found


def seconds(what: str, value: Any, *, may_be_zero: bool = False) -> float:
    """A time in seconds."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{what} is a number of seconds, and not {_shown(value)}")
    if not math.isfinite(value) or value < 0 or (value == 0 and not may_be_zero):
        raise ValueError(f"{what} {value}: a number of seconds, {'0 or more' if may_be_zero else 'more than 0'}")
    return float(value)


def whole(what: str, value: Any, least: int, most: int | None = None) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{what} is a whole number, and not {_shown(value)}")
    if value < least or (most is not None and value > most):
        raise ValueError(f"{what} {value}: {least} or more" if most is None else f"{what} {value}: {least} to {most}")
    return value


def consumer(name: Any) -> str:
    """The name of a durable consumer."""
    if not CONSUMER.fullmatch(text("the name of a consumer", name)):
        raise ValueError(f"the name of a consumer {_shown(name)}: 1 to 255 letters, digits, `_` or `-`")
    return str(name)


def api_prefix(prefix: Any) -> str:
    """A prefix of the JetStream API."""
    if not SUBJECT_PREFIX.fullmatch(text("the prefix of the JetStream API", prefix)):
        raise ValueError(
            f"the prefix of the JetStream API {_shown(prefix)}: a subject without wildcards and without a dot at its "
            "end, such as `$JS.API`"
        )
    return str(prefix)


def inbox_prefix(prefix: Any) -> str:
    """A prefix of inboxes to which the service replies."""
    is_subject = SUBJECT_PREFIX.fullmatch(text("`inbox_prefix`", prefix)) is not None
    if not is_subject or prefix.split(".")[0] != "_INBOX":
        raise ValueError(
            f"`inbox_prefix` {_shown(prefix)}: `_INBOX`, or what begins with `_INBOX.`, such as `_INBOX.alice`; the "
            "service replies to no other subjects"
        )
    return str(prefix)


def _listed(words: list[str], last: str) -> str:
    shown = [f"`{word}`" for word in words]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {last} {shown[-1]}"


def _shown(value: Any) -> str:
    shown = f"`{value}`" if isinstance(value, str) else repr(value)
    return shown if len(shown) <= 80 else f"{shown[:80]}…"
