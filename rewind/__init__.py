"""rewind: a bash that remembers every step and can go back to any of them."""

__version__ = "0.1.0"
