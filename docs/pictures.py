"""Takes the pictures of the terminal in docs/images/ from real commands, run in a terminal on the example.

    python docs/pictures.py

A test holds them current.
"""

from __future__ import annotations

import html
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

DOCS = Path(__file__).parent
WIDTH = 80
TODAY = ("--today", "2024-09-20")
BEFORE = (
    "plan 2025 --quiet --today 2024-09-15",
    "confirm 2025 --to 2025-06-30 --quiet --today 2024-09-16",
    "move strategiskt-natverk-2025-4 2025-12-03 --force --quiet --today 2024-09-17",
    "plan 2026 --quiet --today 2024-09-15",
    "cancel bibliotekschefsgruppen-2025-3 --quiet --today 2024-09-18 --reason Studieresa",
)
"""What has happened before the pictures are taken."""
PICTURES = {
    "list": "show 2025",
    "month": "show 2025 --view month",
    "matrix": "show 2025 --view matrix",
    "explain": "explain strategiskt-natverk-2026-3",
}
THEME = TerminalTheme(
    (41, 41, 41),
    (220, 220, 220),
    [(41, 41, 41), (222, 90, 90), (152, 179, 86), (217, 179, 76), (90, 150, 220), (190, 120, 200),
     (96, 180, 190), (220, 220, 220)],
)  # fmt: skip
FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="TITLE">
<style>
.{unique_id}-matrix {{ font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace;
font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
</defs>
<rect fill="#292929" x="1" y="1" width="{width}" height="{height}" rx="8"/>
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""Rich's own picture, without its window and without letters from the web."""

CELL = 20 * 0.61
"""The width of a letter, as Rich has it."""
LINE = re.compile(
    r'<text class="(?P<style>[^"]+)" x="(?P<x>[^"]+)" y="(?P<y>[^"]+)"[^>]*>(?P<text>[^<]*)</text>'
)


def pictures() -> Iterator[tuple[Path, str]]:
    """Yield the path and the text of each picture."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copy(DOCS.parent / "data" / "forums.yaml", folder)
        for command in BEFORE:
            run(folder, command.split())
        for name, command in PICTURES.items():
            shown = run(folder, [*command.split(), *TODAY])
            yield DOCS / "images" / f"{name}.svg", picture(name, f"kultursam {command}", shown)


def main() -> None:
    """Write the pictures."""
    for path, text in pictures():
        path.write_text(text, encoding="utf-8", newline="\n")


def run(folder: Path, arguments: Sequence[str]) -> str:
    """Return what a command writes to a terminal."""
    ours, theirs = os.openpty()
    here = {"PATH": os.defpath, "HOME": str(folder), "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    look = {
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "COLUMNS": str(WIDTH),
        "PYTHONIOENCODING": "utf-8",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "kultursam", *arguments],
        cwd=folder,
        env={**here, **look},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(theirs)
        data = b"".join(_read(ours))
    os.close(ours)
    if process.returncode:
        message = f"{arguments}: exit {process.returncode}"
        raise RuntimeError(message)
    return data.decode().replace("\r\n", "\n")


def _read(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other side is closed
            return
        if not part:
            return
        yield part


def picture(name: str, command: str, shown: str) -> str:
    """Return a picture of a command and what it shows."""
    console = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(
        Text.assemble(("$ ", "dim"), (command, "bold")), "", Text.from_ansi(shown.rstrip()), sep="\n"
    )
    svg = console.export_svg(
        title=command, theme=THEME, code_format=FORMAT.replace("TITLE", command), unique_id=name
    )
    return re.sub(r"[ \t]+\n", "\n", LINE.sub(_words, svg))


def _words(line: re.Match[str]) -> str:
    """Return a line word by word: not every program keeps spaces, or stretches a text to a length."""
    style, x, y, text = line["style"], float(line["x"]), line["y"], html.unescape(line["text"])
    words = []
    for word in re.finditer(r"[^\s\xa0]+", text):
        at, length = (cell_len(part) * CELL for part in (text[: word.start()], word[0]))
        place = f'x="{x + at:g}" y="{y}" textLength="{length:g}"'
        words.append(f'<text class="{style}" {place}>{html.escape(word[0])}</text>')
    return "\n".join(words)


if __name__ == "__main__":
    main()
