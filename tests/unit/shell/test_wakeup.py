"""No signal that the host lives by goes unnoticed."""

import signal
import threading

from rewind.shell.readable import readable
from rewind.shell.wakeup import Wakeup


def test_a_signal_that_another_thread_takes_ends_the_wait() -> None:
    over = threading.Event()
    other = threading.Thread(target=over.wait, args=(30,))
    other.start()
    assert other.ident is not None
    with Wakeup().installed() as wakeup:
        # An asyncio loop has been here.
        signal.set_wakeup_fd(-1)
        wakeup.arm()
        threading.Timer(0.1, signal.pthread_kill, (other.ident, signal.SIGTERM)).start()
        try:
            assert readable([wakeup.fd], 10) == [wakeup.fd]
        finally:
            over.set()
        assert wakeup.ending is signal.SIGTERM
        wakeup.clear()
        assert readable([wakeup.fd], 0) == []
