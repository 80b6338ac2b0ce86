"""Where a conversation with a hosted bash stands; `conversation` has the way through them."""

from enum import Enum, auto


class Phase(Enum):
    BOOT = auto()
    CLOSING = auto()
    PROMPT = auto()
    IDLE = auto()
    ENTERED = auto()
    RUNNING = auto()
    CONTINUED = auto()
