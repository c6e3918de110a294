"""Understanding: what each part adds, other classifiers, the learning curve, the cost, public Spanish sets.

`./avanza bench understanding [PART ...] [--public FOLDER]`; the parts are told in
`bot/learning/benchmark/run.py`, which runs in Rasa's environment. It takes long (the cross-validation alone
many minutes) and prints each part as soon as it is done. Rasa's ready-made classifiers are measured apart:
`bot/learning/benchmark/rasas_own.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys

from cli.install.places import BOT_STATE, BOT_VENV, ROOT, python_of
from cli.processes.rasa import rasa_environment


def main() -> int:
    """Hand over to the module that can read the model."""
    argv = [str(python_of(BOT_VENV)), "-m", "bot.learning.benchmark.run", *sys.argv[1:]]
    BOT_STATE.mkdir(parents=True, exist_ok=True)
    return subprocess.run(argv, cwd=ROOT, env=rasa_environment(BOT_STATE, os.environ), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
