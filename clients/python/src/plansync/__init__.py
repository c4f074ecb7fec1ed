"""A client for plansync, the engine that synchronises learning plans."""

from nats.js.api import DeliverPolicy

from ._event_kinds import *  # noqa: F403
from ._refusals import *  # noqa: F403
from .checkpoint import Checkpoint
from .client import Plansync, connect
from .durable import DurableCommand
from .errors import (
    ConsumerUnusable,
    NoAnswer,
    NotAuthorized,
    NotStored,
    OtherLog,
    PlansyncError,
    Refused,
)
from .event import Event, Unknown
from .events import Events
from .retry import Retry
from .subscriber import Delivery, Subscriber
