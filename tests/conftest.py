"""Settings for all tests."""

import os
import signal

from hypothesis import settings

# The suite tries the same examples every time, so that it fails for a change and not by chance. A
# long search, for which REWIND_TEST_EXAMPLES says how many, tries others each time.
settings.register_profile("suite", derandomize=True, print_blob=True)
settings.register_profile("search", print_blob=True)
settings.load_profile("search" if "REWIND_TEST_EXAMPLES" in os.environ else "suite")

# A shell that starts the suite in the background has it ignore SIGINT, and what is ignored stays so
# in all that it starts: programs that are to be interrupted here would never hear of it.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
