"""What can go wrong: the service refuses, does not answer, or the events are not those that were expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .types import Details


class PlansyncError(Exception):
    """Every error of this package."""


class Refused(PlansyncError):
    """The service refused an operation, which has changed nothing.

    There is a subclass for every code that this version knows, such as `plansync.LearnerNotAvailable`. A newer service
    may refuse with other codes; these are plain `Refused`.
    """

    def __init__(self, code: str, message: str, details: Details, command_id: str | None = None) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code
        self.message = message
        self.details = details
        self.command_id = command_id


class NoAnswer(PlansyncError):
    """There was no answer until the time was up.

    Of a command, it is not known whether it was carried out: send it again with the same `command_id`, which changes
    nothing twice and gets the first answer.
    """

    def __init__(self, message: str, command_id: str | None = None) -> None:
        super().__init__(message)
        self.command_id = command_id


class Closed(PlansyncError):
    """The client or its connection is closed, or was closed while this waited.

    Of a command, it is not known whether it was carried out: send it again, with another client and the same
    `command_id`.
    """

    def __init__(self, message: str, command_id: str | None = None) -> None:
        super().__init__(message)
        self.command_id = command_id


class NotConnected(PlansyncError):
    """No NATS server could be connected to, or the server refused the user."""


class NotAuthorized(PlansyncError):
    """The NATS server does not allow this user to send on the subject, or to receive the reply; nothing was done."""


class NotStored(PlansyncError):
    """The NATS server refused to store a durable command, or has no stream for it. It will not be carried out."""


class OtherLog(PlansyncError):
    """A checkpoint belongs to another log than the events."""


class ConsumerUnusable(PlansyncError):
    """The durable consumer or the stream of events does not exist, or cannot be used for what was asked."""


MAKES_STREAMS = (
    "start plansync once with this server (`plansync dev`, or `plansync serve` with its address), which makes its "
    "streams; from then on, they are there while plansync is down, too"
)
"""What to do if a stream is missing."""


def refusal(body: Any, command_id: str | None = None) -> Refused:
    """The error for the body of an error reply."""
    from ._refusals import REFUSALS

    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    code = str(error.get("code", "internal"))
    message = str(error.get("message", "the service refused without a message"))
    return REFUSALS.get(code, Refused)(code, message, error.get("details") or {}, command_id)
