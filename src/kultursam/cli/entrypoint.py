"""The edge of the program: whatever goes wrong within ends here as a message and an exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from kultursam.cli import plain
from kultursam.diagnostics import KultursamError, Problem
from kultursam.paths import find_project, project_of

BUG = 3
INTERRUPTED = 130


def main() -> NoReturn:
    """Be a process: run the command line, and end."""
    code = command_line()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    # Taking apart all that is in memory, which the system frees at once, lasts a sixth of a run.
    os._exit(code)


def command_line() -> int:
    """Run the command line; turn what goes wrong into a message and an exit code."""
    # A run is short and makes few circles: looking for them seldom saves a tenth of its time.
    gc.set_threshold(1_000_000, 50, 50)
    # Looking for plug-ins of pydantic, which typer and the models use, takes longer than some whole commands.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # Started with the stream closed: what is said there is for nobody.
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as long as we run
        if hasattr(getattr(sys, name), "reconfigure"):
            getattr(sys, name).reconfigure(errors="replace")
    if {"--json", "json", "--format=json"} & set(sys.argv) and hasattr(sys.stdout, "reconfigure"):
        # JSON is UTF-8 whatever the terminal is.
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    return _guarded(as_json="--json" in sys.argv)


def _guarded(*, as_json: bool) -> int:
    try:
        code = _outcome(as_json=as_json)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as ended:
        if isinstance(ended, SystemExit) and not isinstance(ended.__context__, BrokenPipeError):
            return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        # Whoever read our output has closed it (so typer ends then): nothing more to say, nor to say it on.
        _drop_output()
        return 0
    except OSError as error:
        if error.filename is None:
            _drop_output()
        text = f"the system says: {error.strerror or error}"
        _tell([Problem(text, file=error.filename and str(error.filename))], as_json=as_json)
        return 1
    return code


def _outcome(*, as_json: bool) -> int:
    try:
        return _run(as_json=as_json)
    except KultursamError as error:
        _tell(error.problems, as_json=as_json)
        return error.exit_status
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - the edge: whatever it is, no user reads a traceback
        if isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
            # The engine, interrupted while it is brought in, says that it is broken.
            return INTERRUPTED
        if os.environ.get("KULTURSAM_DEBUG"):
            import traceback

            traceback.print_exc()
        text = f"this is a bug in kultursam ({type(error).__name__}: {error}); KULTURSAM_DEBUG=1 shows where"
        _tell([Problem(text)], as_json=as_json)
        return BUG


def _run(*, as_json: bool) -> int:
    asked = plain.read(sys.argv[1:])
    if asked is None:
        from kultursam.cli.commands import run

        return run(as_json=as_json)
    if asked.quiet:
        from kultursam.checksum import is_unchanged

        project = find_project(Path.cwd()) if asked.file is None else project_of(asked.file)
        if is_unchanged(project, asked.output or project.calendars, asked.years):
            return 0
    from kultursam.cli.planning import plan
    from kultursam.cli.session import Options

    return plan(Options(asked.file, asked.output, quiet=asked.quiet), asked.years)


def _drop_output() -> None:
    """Send to nowhere what stdout still holds, so that its end raises nothing."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(problems: Iterable[Problem], *, as_json: bool) -> None:
    if as_json:
        from kultursam.render import data as tabular

        print(tabular.to_json({"problems": tabular.problems(problems)}), end="")
    for problem in problems:
        print(problem, file=sys.stderr)
