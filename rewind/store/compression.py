"""zstd (RFC 8878), loaded when it is first needed: most commands read no output and no state."""

from _thread import get_ident
from typing import TYPE_CHECKING

from rewind.errors import StateDamaged

if TYPE_CHECKING:
    import zstandard

LIMIT = 1 << 30
"""Bytes that one frame may hold: a damaged header must not ask for all memory."""


class _Codecs:
    """One thread's codecs: costly to make, and not to be shared between threads."""

    def __init__(self) -> None:
        import zstandard

        self.decompressor = zstandard.ZstdDecompressor()
        self.compressors: dict[int, zstandard.ZstdCompressor] = {}


_codecs: dict[int, _Codecs] = {}
"""By the thread's identifier, which passes to another thread only when the first has ended."""


def _of_thread() -> _Codecs:
    thread = get_ident()
    if thread not in _codecs:
        _codecs[thread] = _Codecs()
    return _codecs[thread]


def compress(data: bytes, level: int) -> bytes:
    """Return `data` as one zstd frame."""
    import zstandard

    compressors = _of_thread().compressors
    if level not in compressors:
        compressors[level] = zstandard.ZstdCompressor(level=level, write_content_size=True)
    return compressors[level].compress(data)


def decompress(frame: bytes, base: bytes | None = None) -> bytes:
    """Return the content of `frame`, which is a `difference` to `base` where that is given.
    Raises StateDamaged."""
    import zstandard

    try:
        size = zstandard.frame_content_size(frame)
        if not 0 <= size <= LIMIT:
            raise StateDamaged("a recorded blob is damaged")
        if base is None:
            return _of_thread().decompressor.decompress(frame)
        return zstandard.ZstdDecompressor(dict_data=_dictionary(base)).decompress(frame)
    except (zstandard.ZstdError, MemoryError, TypeError) as error:
        raise StateDamaged("a recorded blob is damaged") from error


def difference(data: bytes, base: bytes, level: int) -> bytes:
    """Return `data` as one zstd frame that reads with `base` as its dictionary: what both have
    in common takes next to nothing."""
    import zstandard

    # The window has to reach back over all of both.
    window = max(10, (len(data) + len(base)).bit_length())
    parameters = zstandard.ZstdCompressionParameters.from_level(
        level, window_log=min(window, zstandard.WINDOWLOG_MAX), write_content_size=True
    )
    return zstandard.ZstdCompressor(
        compression_params=parameters, dict_data=_dictionary(base)
    ).compress(data)


def _dictionary(base: bytes) -> "zstandard.ZstdCompressionDict":
    import zstandard

    return zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
