"""A YAML file as text with positions: every scalar stays what was typed, every value knows its line.

The file is read from the parser's events rather than composed into nodes: so anchors, aliases and
tags are seen where they stand, depth is bounded, and no number, date or boolean is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import yaml

from kultursam.diagnostics import Problem

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 20
TOO_DEEP = f"is nested deeper than {MAX_DEPTH} levels"
LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What YAML 1.1 takes for the end of a line."""
REFUSED = yaml.reader.Reader.NON_PRINTABLE
"""What YAML 1.1 takes for no text: control characters and two noncharacters."""

Tree = str | list["Tree"] | dict[str, "Tree"]
Where = tuple[str | int, ...]
"""A path to a value: keys and list indices from the top."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a YAML file says, and where it says it."""

    name: str
    """The file as problems name it."""
    lines: tuple[str, ...]
    tree: Tree
    marks: dict[Where, tuple[int, int]] = field(repr=False)
    """Line and column, from 1, of each value; of keys and lists on lines of their own, those of their key."""
    key_marks: dict[Where, tuple[int, int]] = field(repr=False)
    """The same of each mapping key."""
    faults: tuple[Problem, ...] = ()
    """What the format allows but this product refuses; only where it was read leniently."""

    def problem(self, text: str, where: Where = (), *, key: bool = False, warning: bool = False) -> Problem:
        """Make a problem that points at a value (or its key), or at what holds it if that is not written."""
        line, column = self.position(where, key=key)
        return Problem(
            text,
            "warning" if warning else "error",
            self.name,
            line,
            column,
            self.lines[line - 1] if line <= len(self.lines) else None,
        )

    def position(self, where: Where, *, key: bool = False) -> tuple[int, int]:
        """Give line and column of a value (or of its key)."""
        marks = self.key_marks if key else self.marks
        if where in marks:
            return marks[where]
        while where and where not in self.marks and where not in self.key_marks:
            where = where[:-1]
        return self.key_marks.get(where) or self.marks.get(where, (1, 1))


def read(
    path: Path, name: str | None = None, max_bytes: int = MAX_BYTES, *, lenient: bool = False
) -> tuple[Source | None, list[Problem]]:
    """Read a YAML file; give what it says, or the problems that keep it from being read.

    Leniently, what can be made out in spite of faults is given with them, so that others are found too.
    """
    name = name or path.name
    try:
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except IsADirectoryError:
        return None, [Problem("this is a folder, not a file", file=name)]
    except FileNotFoundError:
        return None, [Problem("there is no such file", file=name)]
    except (OSError, ValueError) as error:
        # Windows opens no folder at all and says only that permission is denied.
        text = "this is a folder, not a file" if path.is_dir() else f"cannot be read: {_reason(error)}"
        return None, [Problem(text, file=name)]
    if len(data) > max_bytes:
        return None, [Problem(f"is larger than {max_bytes // 1024 // 1024} MiB", file=name)]
    return parse(data, name, lenient=lenient)


def parse(data: bytes, name: str, *, lenient: bool = False) -> tuple[Source | None, list[Problem]]:
    """Read the bytes of a YAML file; see `read`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [_undecodable(data, error, name)]
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return None, [Problem("this is not a text file", file=name, line=line)]
    lines = tuple(LINE_BREAK.split(text))
    if refused := REFUSED.search(text):
        return None, [_refused_character(refused, name, lines)]
    builder = _Builder(name, lines)
    try:
        found = builder.build(text)
    except yaml.YAMLError as error:
        return None, [*builder.problems, _syntax_problem(error, name, lines)]
    if found is None:
        return None, [Problem("the file is empty", file=name, line=1, column=1)]
    return found if lenient or not found.faults else None, list(found.faults)


def outline(data: bytes) -> dict[str, list[str]]:
    """Give the keys in each section of a YAML file, as far as it can be read; for who must be quick."""
    found: dict[str, list[str]] = {}
    open_ones: list[Iterator[bool]] = []
    keys: list[str] = []
    with suppress(yaml.YAMLError):
        for event in yaml.parse(data[:MAX_BYTES].decode("utf-8-sig", "replace"), Loader=LOADER):
            if isinstance(event, yaml.CollectionEndEvent):
                open_ones.pop()
            elif isinstance(event, yaml.NodeEvent):
                is_key = next(open_ones[-1]) if open_ones else False
                if is_key and len(open_ones) <= 2:
                    keys[len(open_ones) - 1 :] = [str(getattr(event, "value", ""))]
                    section = found.setdefault(keys[0], [])
                    section += keys[1:]
                if isinstance(event, yaml.CollectionStartEvent):
                    open_ones.append(cycle((isinstance(event, yaml.MappingStartEvent), False)))
    return found


@dataclass(slots=True)
class _Builder:
    """Builds the tree from events, collecting what the format allows but this product refuses."""

    name: str
    lines: tuple[str, ...]
    problems: list[Problem] = field(default_factory=list)
    marks: dict[Where, tuple[int, int]] = field(default_factory=dict)
    key_marks: dict[Where, tuple[int, int]] = field(default_factory=dict)

    def build(self, text: str) -> Source | None:
        events = iter(yaml.parse(text, Loader=LOADER))
        tree: Tree | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse("holds more than one document; keep one", event)
                    break
                tree = self._value(next(events), events, ())
        if tree is None or (tree == "" and not self.problems):
            return None
        return Source(self.name, self.lines, tree, self.marks, self.key_marks, tuple(self.problems))

    def _value(self, event: yaml.Event, events: Iterator[yaml.Event], where: Where) -> Tree:
        self.marks[where] = self._position(event)
        if isinstance(event, yaml.AliasEvent):
            self._refuse(f"aliases (*{event.anchor}) are not read; write the value out", event)
            return ""
        if anchor := getattr(event, "anchor", None):
            self._refuse(f"anchors (&{anchor}) are not read; write the value out where it is used", event)
        if getattr(event, "tag", None) not in {None, "!"}:
            self._refuse("tags are not read; leave out what begins with !", event)
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        if len(where) >= MAX_DEPTH:
            raise _TooDeepError(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, where)
        return self._mapping(events, where)

    def _sequence(self, events: Iterator[yaml.Event], where: Where) -> list[Tree]:
        items: list[Tree] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._value(event, events, (*where, len(items))))
        return items

    def _mapping(self, events: Iterator[yaml.Event], where: Where) -> dict[str, Tree]:
        mapping: dict[str, Tree] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._value(event, events, (*where, "?"))
            if not isinstance(key, str):
                self._refuse("a key must be plain text", event)
                key = "?"
            if key in mapping:
                first = self.key_marks[(*where, key)][0]
                self._refuse(f'the key "{key}" is written twice; it stands on line {first} already', event)
            else:
                self.key_marks[(*where, key)] = self._position(event)
            started = next(events)
            value = self._value(started, events, (*where, key))
            if isinstance(started, yaml.CollectionStartEvent) and not started.flow_style:
                self.marks[(*where, key)] = self.key_marks[(*where, key)]
            mapping.setdefault(key, value)
        return mapping

    def _position(self, event: yaml.Event) -> tuple[int, int]:
        mark = event.start_mark
        return (mark.line + 1, mark.column + 1) if mark else (1, 1)

    def _refuse(self, text: str, event: yaml.Event) -> None:
        line, column = self._position(event)
        source = self.lines[line - 1] if line <= len(self.lines) else None
        self.problems.append(Problem(text, "error", self.name, line, column, source))


class _TooDeepError(yaml.MarkedYAMLError):
    def __init__(self, event: yaml.Event) -> None:
        super().__init__(problem=TOO_DEEP, problem_mark=event.start_mark)  # type: ignore[arg-type]


def _syntax_problem(error: yaml.YAMLError, name: str, lines: tuple[str, ...]) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    text = getattr(error, "problem", None) or str(error).splitlines()[0]
    if mark is None:
        return Problem(f"is not YAML: {text}", file=name, line=1)
    line, column = mark.line + 1, mark.column + 1
    source = lines[mark.line] if mark.line < len(lines) else None
    if "maximum nesting depth" in text:
        # LibYAML looks far ahead, and newer ones have a bound of their own.
        text = TOO_DEEP
    elif "tab" in text or (source is not None and "\t" in source[:column] and not source[:column].strip()):
        text = "a tab cannot indent YAML; use spaces"
    elif not isinstance(error, _TooDeepError):
        text = f"is not YAML: {text}"
        began = getattr(error, "context_mark", None)
        if began is not None and began.line != mark.line:
            text += f" {getattr(error, 'context', '')} that begins on line {began.line + 1}"
    return Problem(text, "error", name, line, column, source)


def _refused_character(found: re.Match[str], name: str, lines: tuple[str, ...]) -> Problem:
    before = LINE_BREAK.split(found.string[: found.start()])
    text = f"the character U+{ord(found[0]):04X} cannot stand in a text file"
    return Problem(text, "error", name, len(before), len(before[-1]) + 1, lines[len(before) - 1])


def _undecodable(data: bytes, error: UnicodeDecodeError, name: str) -> Problem:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return Problem("the file is UTF-16; save it as UTF-8", file=name, line=1)
    line = data.count(b"\n", 0, error.start) + 1
    if b"\0" in data[:4096]:
        return Problem("this is not a text file", file=name, line=line)
    return Problem("is not UTF-8; save the file as UTF-8", file=name, line=line)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
