"""What the user can choose in config.toml, as values. Every field has a default."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PromptConfig:
    """The section [prompt].

    `plain` turns off all that bash does not do: number, colours while typing, suggestions,
    status, marks, the menu, and the search by Up. `status` is where session, exit code and
    duration stand: right, bottom, off. `slow` is how many seconds a command takes before its
    duration is shown. `tab` is what a Tab does that completes nothing: open a menu, or list
    above the line. `up` is what Up goes through: the commands that begin as the line does
    (prefix), or all (history). `marks` are the sequences by which terminals find prompts and
    folders (OSC 133 and OSC 7). `background` is the terminal's: auto, dark or light."""

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
class FilesConfig:
    """The section [files]: what a tree may be to be tracked. `entries` counts files and folders;
    `bytes` and `file_bytes` are space taken on disk, of all and of one file; `seconds` is what the
    first look may take, and how long a command waits for the snapshot before it. `budget` is how
    many bytes all snapshots together may take before the oldest go (0: no limit)."""

    entries: int = 200_000
    bytes: int = 8 << 30
    file_bytes: int = 2 << 30
    seconds: float = 10.0
    budget: int = 0


@dataclass(frozen=True, slots=True)
class RecordConfig:
    """The section [record]. `output` is how many bytes of one step's output are kept: of more than
    that, the beginning and the end."""

    output: int = 256 << 20


Rules = tuple[tuple[str, str], ...]
"""Regular expressions, each with the text that belongs to it, in the order of the file."""


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file. The sections [reach], [on-undo] and [normalize] are tables of rules: a
    pattern for commands and what they reach outside this machine, for commands and what takes them
    back, and for output and what stands for it where it does not count."""

    prompt: PromptConfig = field(default_factory=PromptConfig)
    files: FilesConfig = field(default_factory=FilesConfig)
    record: RecordConfig = field(default_factory=RecordConfig)
    reach: Rules = ()
    on_undo: Rules = ()
    normalize: Rules = ()
