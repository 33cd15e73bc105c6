"""Benchmarks import each other as scripts do: from their own folder."""

import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"
# Last: their names are those of modules of others, too.
if str(BENCHMARKS) not in sys.path:
    sys.path.append(str(BENCHMARKS))
