"""What the user can choose in config.toml, as values. Every field has a default that needs no file."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PromptConfig:
    """The section [prompt].

    `plain` turns off all that bash does not do: number, colours while typing, suggestions, status
    and marks. `status` is where session, exit code and duration stand: right, bottom or off.
    `slow` is how many seconds a command takes before its duration is shown. `tab` says what a Tab
    does that completes nothing: open a menu, or list above the line. `up` says what Up goes through:
    the commands that begin as the line does (prefix), or all (history). `marks` are the sequences
    by which terminals find prompts and folders (OSC 133 and OSC 7). `background` is the terminal's:
    auto, dark or light."""

    plain: bool = False
    number: bool = True
    highlight: bool = True
    suggestions: bool = True
    status: str = "right"
    slow: float = 2.0
    tab: str = "menu"
    up: str = "prefix"
    marks: bool = True
    background: str = "auto"


PROMPT_CHOICES = {
    "status": ("right", "bottom", "off"),
    "tab": ("menu", "list"),
    "up": ("prefix", "history"),
    "background": ("auto", "dark", "light"),
}
"""The words that a field of [prompt] may be."""


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file."""

    prompt: PromptConfig = field(default_factory=PromptConfig)
