"""The bash text that brings a bash from one state to another. Pure: states in, text out."""

from rewind.shell.restore.script import (
    left_behind,
    needs_new_bash,
    restore_call,
    restore_script,
)

__all__ = ["left_behind", "needs_new_bash", "restore_call", "restore_script"]
