"""The entry point: whatever goes wrong ends here, as a message and an exit code."""

import gc
import io
import json
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from kultursam.cli.terminal import say
from kultursam.diagnostics import SCHEMA, IncompleteInstallationError, KultursamError, Problem
from kultursam.i18n import Message, language_of_locale
from kultursam.paths import PACKAGE

BUG = 3
INTERRUPTED = 130
COVERAGE = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
"""Set where coverage measures processes: it saves what it has measured when Python ends in good order."""


def main() -> NoReturn:
    """Run the command line as a process, and end it."""
    code = command_line()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    if any(name in os.environ for name in COVERAGE):
        sys.exit(code)
    # Without taking apart what is in memory, which takes a sixth of a run; the system frees it at once.
    os._exit(code)


def command_line() -> int:
    """Run the command line; return its exit code."""
    # Collecting garbage takes a tenth of a run, and a run is short.
    gc.set_threshold(1_000_000, 50, 50)
    _prepare_streams()
    as_json = "--json" in sys.argv
    try:
        from kultursam.cli.commands import run

        code = run(as_json=as_json)
        # Here, and not when the process ends: only here can a full disk or a closed pipe be handled.
        sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001 - no user reads a traceback, whatever goes wrong
        return _handle(error, as_json=as_json)
    return code


def _handle(error: BaseException, *, as_json: bool) -> int:
    """Report what ended a command; return the exit code."""
    status = 1
    problems: tuple[Problem, ...] = ()
    match error:
        case KultursamError():
            status, problems = error.exit_status, error.problems
        case BrokenPipeError() | SystemExit(__context__=BrokenPipeError()):
            # The reader of the output has stopped reading. (Typer turns that into a SystemExit.)
            _drop_output()
            status = 0
        case SystemExit():
            status = error.code if isinstance(error.code, int) else int(error.code is not None)
        # The engine, interrupted while it is imported, raises an error of its own.
        case KeyboardInterrupt() | Exception(__cause__=KeyboardInterrupt()):
            status = INTERRUPTED
        case Exception(__cause__=None, __context__=KeyboardInterrupt()):
            status = INTERRUPTED
        case ImportError() | OSError() if reason := _lost(error):
            problems = IncompleteInstallationError(reason).problems
        case OSError():
            if error.filename is None:
                _drop_output()
            text = Message("the system says: {reason}", reason=error.strerror or error)
            problems = (Problem(text, file=error.filename),)
        case _:
            if os.environ.get("KULTURSAM_DEBUG"):
                traceback.print_exception(error)
            what = f"{type(error).__name__}: {error}"
            text = Message("this is a bug in kultursam ({what}); KULTURSAM_DEBUG=1 shows where", what=what)
            status, problems = BUG, (Problem(text),)
    # An error that arose within a project has notes: the project's name, and its language if that is known.
    project, language = (*getattr(error, "__notes__", ()), None, None)[:2]
    located = [replace(problem, file=problem.file or project) for problem in problems]
    with suppress(OSError):
        _report(_in_language(located, language or language_of_locale(os.environ)), as_json=as_json)
    return status


def _lost(error: Exception) -> str:
    """Return which part of the installation an error is about; nothing if it is about something else."""
    if isinstance(error, ImportError):
        name = error.name or Message("a library")
        return Message("{name} cannot be loaded: {error}", name=name, error=error)
    if isinstance(error, OSError) and PACKAGE in Path(str(error.filename)).parents:
        reason = error.strerror or error
        return Message("{file} cannot be read: {reason}", file=error.filename, reason=reason)
    return ""


def _in_language(problems: Sequence[Problem], language: str) -> Sequence[Problem]:
    """Return problems in a language; in English, with what is lost, where its catalogue cannot be read."""
    try:
        return [problem.in_language(language) for problem in problems]
    except Exception as error:  # noqa: BLE001 - a damaged catalogue raises errors of any kind
        if any(problem.code == IncompleteInstallationError.code for problem in problems):
            return problems
        return [*problems, *IncompleteInstallationError(_lost(error) or str(error)).problems]


def _prepare_streams() -> None:
    """Let stdout and stderr print any text, and have them go nowhere if they are closed."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for the whole run
        if isinstance(stream := getattr(sys, name), io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _drop_output() -> None:
    """Send to nowhere what stdout still holds, so that flushing it at the end raises nothing."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report(problems: Sequence[Problem], *, as_json: bool) -> None:
    """Print problems: this needs nothing that an incomplete installation may lack."""
    if problems and as_json:
        document = json.dumps({"schema": SCHEMA, "problems": [one.as_data() for one in problems]}, indent=2)
        print(document.replace("\x7f", "\\u007f"))
    for problem in problems:
        say(str(problem), error=True)
