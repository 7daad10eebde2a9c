"""``python -m benchmarks [--rounds N] [--markdown FILE]``: every benchmark of this folder, one after the other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

for task in sorted(Path(__file__).parent.glob("p*_*.py")):
    if subprocess.run([sys.executable, str(task), *sys.argv[1:]], check=False).returncode:
        raise SystemExit(f"{task.name} failed")
