"""`python -m bot`: the web chat; `python -m bot ask|term|indicator`: answers on the command line."""

import sys

from bot.cli import main

if __name__ == "__main__":
    sys.exit(main())
