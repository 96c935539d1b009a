"""``python -m acanthite``."""

import sys

from acanthite.cli import main

if __name__ == "__main__":
    sys.exit(main())
