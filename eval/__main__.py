"""`python -m eval`: run the evaluation, check and grow the known answers, run the baselines."""

import sys

from eval.cli import main

if __name__ == "__main__":
    sys.exit(main())
