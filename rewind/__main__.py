"""`python -m rewind` is `rewind`."""

import sys

from rewind.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
