"""A client for plansync, the engine that synchronises learning plans."""

from . import types as types
from ._event_kinds import *  # noqa: F403
from ._refusals import *  # noqa: F403
from .checkpoint import Checkpoint as Checkpoint
from .client import Plansync as Plansync
from .client import connect as connect
from .durable import DurableCommand as DurableCommand
from .errors import Closed as Closed
from .errors import ConsumerUnusable as ConsumerUnusable
from .errors import NoAnswer as NoAnswer
from .errors import NotAuthorized as NotAuthorized
from .errors import NotConnected as NotConnected
from .errors import NotStored as NotStored
from .errors import OtherLog as OtherLog
from .errors import PlansyncError as PlansyncError
from .errors import Refused as Refused
from .event import Event as Event
from .event import Unknown as Unknown
from .events import Events as Events
from .retry import Retry as Retry
from .subscriber import Delivery as Delivery
from .subscriber import Subscriber as Subscriber
