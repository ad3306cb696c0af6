"""Writes what the documentation says of commands and JSON from the commands and the JSON Schemas themselves.

    python docs/reference.py

writes docs/commands.md, the manual pages in docs/man/, and the tables of docs/json.md. A test holds them
current.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from typer.main import get_command

from kultursam.cli.commands import app
from kultursam.render.data import schema_of

DOCS = Path(__file__).parent
PROGRAM: Any = get_command(app)
COMMANDS: dict[str, Any] = PROGRAM.commands
EVERYWHERE = ("--file", "--output", "--today", "--json", "--quiet")
MADE = "<!-- made by docs/reference.py -->\n"
HELP = ("`-h`, `--help`", "Show the help of the command.")
EXITS = (
    ("0", "Done. Warnings may stand on stderr."),
    ("1", "Not done: nothing was written. Of `check` and `--check`: something is to be told."),
    ("2", "Wrong usage."),
    ("3", "A bug in kultursam."),
    ("75", "Another run holds the lock."),
    ("130", "Interrupted."),
    ("143", "Ended."),
)
ENVIRONMENT = (
    ("SOURCE_DATE_EPOCH", "The moment of the run, in seconds since 1970; as --today gives its day."),
    ("NO_COLOR", "No colours in the terminal."),
    ("COLUMNS", "The width of the terminal."),
    ("KULTURSAM_DEBUG", "Show where in the program a bug is."),
)


def files() -> dict[Path, str]:
    """Return every file that is made, with its text."""
    json_page = DOCS / "json.md"
    head, _, _ = json_page.read_text(encoding="utf-8").partition(MADE)
    manual = {DOCS / "man" / f"{page}.1": text for page, text in manual_pages()}
    return {DOCS / "commands.md": commands_page(), json_page: head + MADE + json_tables(), **manual}


def main() -> None:
    """Write the files."""
    for path, text in files().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


# --- commands -----------------------------------------------------------------------------------------


def paragraphs(command: Any) -> list[str]:
    """Return the help of a command: what it does, an example, and what else is to be known."""
    return [re.sub(r"\s+", " ", part).strip() for part in command.help.split("\n\n")]


def is_example(paragraph: str) -> bool:
    """Return whether a paragraph of a help is a line to type, or to write in a file."""
    return paragraph.startswith(("kultursam ", "# "))


def arguments(command: Any) -> list[Any]:
    """Return the arguments of a command, in order."""
    return [one for one in command.params if one.param_type_name == "argument"]


def options(command: Any) -> list[Any]:
    """Return the options of a command, in order."""
    return [one for one in command.params if one.param_type_name == "option" and not one.hidden]


def choices(parameter: Any) -> list[str]:
    """Return the words that an option or argument takes; none if it takes others too."""
    if hasattr(parameter, "type"):
        return [*getattr(parameter.type, "choices", ())]
    # Typer 0.29 keeps the annotation instead.
    return [word for word in get_args(parameter.type_descriptor.annotation) if isinstance(word, str)]


def value(option: Any) -> str:
    """Return what stands behind an option: a word for its value, or the choices; nothing behind a flag."""
    listed = choices(option)
    return "|".join(listed) if listed else "" if option.is_flag else str(option.metavar)


def meaning(parameter: Any) -> str:
    """Return what an option or argument means, and its default."""
    among = choices(parameter) if parameter.param_type_name == "argument" else []
    listed = f" One of {', '.join(among)}." if among else ""
    given = isinstance(parameter.default, str | int) and not isinstance(parameter.default, bool)
    return str(parameter.help) + listed + (f" Default: {parameter.default}." if given else "")


def usage(name: str, command: Any) -> str:
    """Return how a command is written."""
    words = (one.metavar if one.required else f"[{one.metavar}]" for one in arguments(command))
    return " ".join(["kultursam", name, *words, "[OPTIONS]"])


def is_usual(option: Any) -> bool:
    """Return whether an option is the one that nearly every command has."""
    return option.opts[0] in EVERYWHERE and any(
        (one.opts, one.help) == (option.opts, option.help) for one in options(COMMANDS["plan"])
    )


def commands_page() -> str:
    """Return the page of all commands."""
    lines = [
        "# Commands",
        "",
        MADE.strip(),
        "",
        "What each command does, and every option. `kultursam COMMAND -h` tells the same, and so do the",
        "manual pages `man kultursam` and `man kultursam-plan`.",
        "",
        "## Options of nearly every command",
        "",
        *table("Option", "Meaning", [*map(option_row, filter(is_usual, options(COMMANDS["plan"]))), HELP]),
        "",
        "`kultursam --version` prints the version. `--install-completion` lets the Tab key complete",
        "commands, options and ids, in bash, zsh, fish and PowerShell.",
    ]
    for name, command in COMMANDS.items():
        lines += ["", f"## {name}", ""]
        for part in paragraphs(command):
            lines += ["", f"    {part}", ""] if is_example(part) else [part]
        rows = [row(one.metavar, one) for one in arguments(command)]
        rows += [option_row(one) for one in options(command) if not is_usual(one)]
        usual = [f"`{one.opts[0]}`" for one in options(command) if is_usual(one)]
        lines += ["", f"Usage: `{usage(name, command)}`"]
        lines += ["", *table("Argument or option", "Meaning", rows)] if rows else []
        lines += ["", f"Also {', '.join(usual)}."]
    lines += ["", "## Exit codes", "", *table("Code", "Meaning", list(EXITS))]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def option_row(option: Any) -> tuple[str, str]:
    """Return an option and what it means, for a table."""
    return row(f"{option.opts[0]} {value(option)}".strip(), option)


def row(head: str, parameter: Any) -> tuple[str, str]:
    """Return how a parameter is written and what it means, for a table."""
    return f"`{head}`".replace("|", r"\|"), meaning(parameter)


def table(left: str, right: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    """Yield a table of two columns."""
    yield from (f"| {left} | {right} |", "|---|---|")
    yield from (f"| {one} | {two} |" for one, two in rows)


# --- manual pages -------------------------------------------------------------------------------------


def manual_pages() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each manual page, in the macros of man."""
    what, *rest = paragraphs(PROGRAM)
    lines = [".SH SYNOPSIS", r".B kultursam", r"\fICOMMAND\fR [\fIOPTIONS\fR]", ".SH DESCRIPTION", roff(what)]
    lines += [*map(manual_paragraph, rest), ".SH COMMANDS"]
    for name, command in COMMANDS.items():
        lines += [".TP", rf"\fBkultursam\-{name}\fR(1)", roff(paragraphs(command)[0])]
    lines += [".SH EXIT STATUS", *(line for code, text in EXITS for line in (".TP", code, roff(text)))]
    lines += [".SH ENVIRONMENT", *(line for name, text in ENVIRONMENT for line in (".TP", name, roff(text)))]
    yield "kultursam", page("kultursam", what, lines)
    for name, command in COMMANDS.items():
        yield (
            f"kultursam-{name}",
            page(f"kultursam-{name}", paragraphs(command)[0], of_command(name, command)),
        )


def of_command(name: str, command: Any) -> list[str]:
    """Return the body of the manual page of a command."""
    lines = [".SH SYNOPSIS", roff(usage(name, command)), ".SH DESCRIPTION"]
    lines += map(manual_paragraph, paragraphs(command))
    lines += [".SH OPTIONS"]
    for one in [*arguments(command), *options(command)]:
        head = one.metavar if one.param_type_name == "argument" else f"{one.opts[0]} {value(one)}".strip()
        lines += [".TP", rf"\fB{roff(head)}\fR", roff(meaning(one))]
    return [
        *lines,
        ".TP",
        r"\fB\-h, \-\-help\fR",
        "Show the help of the command.",
        ".SH SEE ALSO",
        r"\fBkultursam\fR(1)",
    ]


def page(title: str, what: str, lines: list[str]) -> str:
    """Return a manual page."""
    head = [
        f'.TH "{title.upper()}" "1" "" "kultursam"',
        ".SH NAME",
        rf"{roff(title)} \- {roff(what.rstrip('.'))}",
    ]
    return "\n".join([*head, *lines]) + "\n"


def manual_paragraph(text: str) -> str:
    """Return a paragraph; a line to type stands by itself."""
    return f".PP\n.RS\n{roff(text)}\n.RE" if is_example(text) else f".PP\n{roff(text)}"


def roff(text: str) -> str:
    """Return a text that means to man what it says."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace("`", "")
    return r"\&" + escaped if escaped.startswith((".", "'")) else escaped


# --- JSON ---------------------------------------------------------------------------------------------


def json_tables() -> str:
    """Return a table of the keys of each object in the documents."""
    made: dict[str, dict[str, Any]] = {}
    for name in COMMANDS.keys() - {"schema"}:
        made |= schema_of(name)["$defs"]
    lines: list[str] = []
    for name in sorted(made):
        one = made[name]
        keys, more = one["properties"], []
        for part in (made["JsonMeeting"], made["JsonChange"]):
            if part["properties"].items() < keys.items():
                more = [f"All keys of {kind({'$ref': part['title']})}, and these:", ""]
                keys = {key: of for key, of in keys.items() if key not in part["properties"]}
        rows = [f"| `{key}` | {kind(of)} | {of['description']} |" for key, of in keys.items()]
        head = [f"### {name}", "", one["description"], "", *more]
        lines += ["", *head, "| Key | Value | Meaning |", "|---|---|---|", *rows]
    return "\n".join(lines) + "\n"


def kind(schema: dict[str, Any]) -> str:
    """Return in words what a value is."""
    ways = schema.get("anyOf")
    if ways:
        return " or ".join(map(kind, ways))
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema or "const" in schema:
        return " or ".join(f"`{one}`" for one in schema.get("enum", [schema.get("const")]))
    if schema["type"] == "array":
        return f"list of {kind(schema['items'])}"
    return PATTERNS.get(schema.get("pattern", ""), str(schema["type"]))


PATTERNS = {
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "date",
    r"^[0-9]{2}:[0-9]{2}$": "time",
    r"^[0-9-]{10}T[0-9:]{8}Z$": "moment in UTC",
    "^[a-z][a-z0-9-]*$": "string",
}

if __name__ == "__main__":
    main()
