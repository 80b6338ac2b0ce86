"""Settings for all tests."""

import os

from hypothesis import settings

# The suite tries the same examples every time, so that it fails for a change and not by chance. A
# long search, for which REWIND_TEST_EXAMPLES says how many, tries others each time.
settings.register_profile("suite", derandomize=True, print_blob=True)
settings.register_profile("search", print_blob=True)
settings.load_profile("search" if "REWIND_TEST_EXAMPLES" in os.environ else "suite")
