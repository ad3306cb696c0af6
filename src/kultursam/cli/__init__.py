"""The command line. It alone knows the clock, the terminal, exit codes and where files are.

Heavy modules are imported inside the functions that need them, so that help, completion and runs that find
nothing to do are quick.
"""

from kultursam.cli.entrypoint import command_line, main

__all__ = ["command_line", "main"]
