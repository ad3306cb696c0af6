"""What `plan` does, however its command line was read."""

from __future__ import annotations

from collections.abc import Sequence

from kultursam.atomic import differing
from kultursam.cli import output as show
from kultursam.cli.session import Options, open_session, plan_years, save


def plan(
    options: Options,
    years: Sequence[int],
    *,
    dry_run: bool = False,
    check: bool = False,
    replan: bool = False,
) -> int:
    """Plan years, save them, write every calendar, show them and what changed. Gives the exit code."""
    writing = not (dry_run or check)
    stale = []
    with open_session(options, builtin=True, writing=writing) as session:
        plans = plan_years(session, years, replan=replan)
        if writing:
            save(session, years, planned=True)
        if check:
            stale = differing(session.files(sorted(set(years))))
    show.plans(session, plans)
    if stale:
        show.message(session, session.translated("Files that would change: {number}", number=len(stale)))
    return int(bool(stale) or show.failed(session, plans))
