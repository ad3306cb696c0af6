"""``python -m kultursam``, and what the command `kultursam` runs: it tells of modules that are lost."""

import json
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line as a process, and end it."""
    try:
        from kultursam.cli import main as run  # noqa: PLC0415 - so that even this may be lost
    except ImportError as error:
        _end(f"this installation of kultursam is incomplete ({error}); install it again")
    run()


def _end(text: str) -> NoReturn:
    """Tell an error without any other module, as `Problem` would, and end the process."""
    if "--json" in sys.argv:
        keys = {"severity": "error", "code": "incomplete-installation", "text": text}
        print(json.dumps({"problems": [{**keys, "file": None, "line": None, "column": None}]}, indent=2))  # noqa: T201
    sys.exit(f"error: {text}")


if __name__ == "__main__":
    main()
