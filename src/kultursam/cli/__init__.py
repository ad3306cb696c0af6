"""The command line: it alone knows the clock, the terminal, exit codes and where files lie.

Heavy modules are imported inside the functions that need them, so that help and completion are quick.
"""

from kultursam.cli.main import main

__all__ = ["main"]
