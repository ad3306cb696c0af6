"""A YAML file as text with positions: every scalar stays what was typed, every value knows its line.

The file is read from the parser's events rather than composed into nodes: so anchors, aliases and
tags are seen where they stand, depth is bounded, and no number, date or boolean is guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path

import yaml

from kultursam.diagnostics import Problem, Severity
from kultursam.i18n import Message

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 20
TOO_DEEP = Message("nested deeper than {number} levels", number=MAX_DEPTH)
LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What YAML 1.1 takes for the end of a line."""
REFUSED = yaml.reader.Reader.NON_PRINTABLE
"""What YAML 1.1 does not take for text: control characters and two noncharacters."""
NO_TEXT = Message("this is not a text file")
NOT_TEXT, INVALID_YAML = "not-text", "invalid-yaml"
"""Codes of problems."""
CONFLICT = re.compile(r"^(?:[<>|]{7}(?: .*)?|={7})\r?$", re.MULTILINE)
"""Lines that git leaves around the two versions of what it cannot merge."""
UNMERGED = Message(
    "the merge of this file is not finished: both versions stand here. Keep one of them, remove the lines "
    "that begin with <<<<<<<, ======= and >>>>>>>, and tell git with: git add"
)

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
    problems: tuple[Problem, ...] = ()
    """What is refused in it; only where it was read leniently."""
    whole: bool = True
    """Whether it was read to its end."""

    def problem(
        self, text: str, where: Where = (), *, key: bool = False, warning: bool = False, code: str = ""
    ) -> Problem:
        """Return a problem at a value (or its key), or at what holds it if that is not written."""
        severity: Severity = "warning" if warning else "error"
        found = _problem(text, self.name, self.lines, self.position(where, key=key))
        return replace(found, severity=severity, code=code)

    def position(self, where: Where, *, key: bool = False) -> tuple[int, int]:
        """Return line and column of a value (or of its key)."""
        marks = self.key_marks if key else self.marks
        if where in marks:
            return marks[where]
        while where and where not in self.marks and where not in self.key_marks:
            where = where[:-1]
        return self.key_marks.get(where) or self.marks.get(where, (1, 1))


def read(
    path: Path, name: str | None = None, max_bytes: int = MAX_BYTES, *, lenient: bool = False
) -> tuple[Source | None, list[Problem]]:
    """Read a YAML file; return what it says, or the problems that keep it from being read.

    Read leniently, as much as can be read in spite of the problems is returned with them.
    """
    name = name or path.name
    try:
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        text = Message("the file cannot be read: {reason}", reason=reason)
        if isinstance(error, FileNotFoundError):
            text = Message("there is no such file")
        elif path.is_dir():
            # Windows says only that permission is denied.
            text = Message("this is a folder, not a file")
        return None, [Problem(text, file=name, code="cannot-read")]
    if len(data) > max_bytes:
        text = Message("the file is larger than {size} MiB", size=max_bytes // 1024 // 1024)
        return None, [Problem(text, file=name, code="too-large")]
    return parse(data, name, lenient=lenient)


def parse(data: bytes, name: str, *, lenient: bool = False) -> tuple[Source | None, list[Problem]]:
    """Read the bytes of a YAML file; see `read`."""
    text = data.decode("utf-8-sig", "replace")
    lines = tuple(LINE_BREAK.split(text))
    if conflict := CONFLICT.search(text):
        # What else is wrong follows from it.
        line = len(LINE_BREAK.split(text[: conflict.start()]))
        return None, [Problem(UNMERGED, "error", name, line, 1, lines[line - 1], code="unmerged")]
    builder = _Builder(name, lines)
    whole = builder.read(text)
    if unreadable := _not_plain_text(data, text, name, lines):
        builder.problems, whole = [unreadable], False
    tree, problems = builder.tree, builder.problems
    if whole and not problems and tree == "":
        problems.append(Problem(Message("the file is empty"), file=name, line=1, column=1, code="empty"))
    if problems and (tree == "" or not lenient):
        return None, problems
    source = Source(name, lines, tree, builder.marks, builder.key_marks, tuple(problems), whole)
    return source, problems


@dataclass(slots=True)
class _Builder:
    """Builds the tree from events, collecting what the format allows but this product refuses.

    A list or mapping is put in its place before it is filled, so that of a broken file what comes before the
    error is kept.
    """

    name: str
    lines: tuple[str, ...]
    tree: Tree = ""
    problems: list[Problem] = field(default_factory=list)
    marks: dict[Where, tuple[int, int]] = field(default_factory=dict)
    key_marks: dict[Where, tuple[int, int]] = field(default_factory=dict)

    def read(self, text: str) -> bool:
        """Read a text; return whether it could be read to its end."""
        try:
            self._documents(iter(yaml.parse(text, Loader=LOADER)))
        except yaml.YAMLError as error:
            self.problems.append(_syntax_problem(error, self.name, self.lines))
            return False
        return True

    def _documents(self, events: Iterator[yaml.Event]) -> None:
        documents = (event for event in events if isinstance(event, yaml.DocumentStartEvent))
        for number, document in enumerate(documents):
            if number:
                self._refuse(Message("the file holds more than one document; keep one"), document)
                break
            self.tree = self._begin(next(events), ())
            self._fill(self.tree, events, ())

    def _begin(self, event: yaml.Event, where: Where) -> Tree:
        """Return a scalar, or a list or mapping that is still empty."""
        self.marks[where] = self._position(event)
        if isinstance(event, yaml.AliasEvent):
            text = Message("aliases (*{name}) are not supported; write the value out", name=event.anchor)
            self._refuse(text, event)
            return ""
        if anchor := getattr(event, "anchor", None):
            text = Message(
                "anchors (&{name}) are not supported; write the value out where it is used", name=anchor
            )
            self._refuse(text, event)
        if getattr(event, "tag", None) not in {None, "!"}:
            self._refuse(Message("tags are not supported; remove what begins with !"), event)
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        if len(where) >= MAX_DEPTH:
            raise _TooDeepError(event)
        return [] if isinstance(event, yaml.SequenceStartEvent) else {}

    def _fill(self, value: Tree, events: Iterator[yaml.Event], where: Where) -> None:
        if isinstance(value, list):
            for event in takewhile(lambda event: not isinstance(event, yaml.SequenceEndEvent), events):
                place = (*where, len(value))
                value.append(self._begin(event, place))
                self._fill(value[-1], events, place)
        elif isinstance(value, dict):
            for event in takewhile(lambda event: not isinstance(event, yaml.MappingEndEvent), events):
                place = (*where, self._key(event, events, where, value))
                started = next(events)
                item = self._begin(started, place)
                if isinstance(started, yaml.CollectionStartEvent) and not started.flow_style:
                    self.marks[place] = self.key_marks[place]
                value.setdefault(str(place[-1]), item)
                self._fill(item, events, place)

    def _key(
        self, event: yaml.Event, events: Iterator[yaml.Event], where: Where, mapping: dict[str, Tree]
    ) -> str:
        key = self._begin(event, (*where, "?"))
        if not isinstance(key, str):
            self._refuse(Message("a key must be plain text"), event)
            self._fill(key, events, (*where, "?"))
            key = "?"
        if key in mapping:
            line = self.key_marks[(*where, key)][0]
            text = Message('duplicate key "{key}"; first written on line {line}', key=key, line=line)
            self._refuse(text, event)
        else:
            self.key_marks[(*where, key)] = self._position(event)
        return key

    def _position(self, event: yaml.Event) -> tuple[int, int]:
        mark = event.start_mark
        return (mark.line + 1, mark.column + 1) if mark else (1, 1)

    def _refuse(self, text: str, event: yaml.Event) -> None:
        self.problems.append(_problem(text, self.name, self.lines, self._position(event)))


class _TooDeepError(yaml.MarkedYAMLError):
    def __init__(self, event: yaml.Event) -> None:
        super().__init__(problem=TOO_DEEP, problem_mark=event.start_mark)  # type: ignore[arg-type]


def _syntax_problem(error: yaml.YAMLError, name: str, lines: tuple[str, ...]) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    text = getattr(error, "problem", None) or str(error).splitlines()[0]
    if mark is None:
        return Problem(Message("invalid YAML: {problem}", problem=text), file=name, line=1, code=INVALID_YAML)
    before = lines[mark.line][: mark.column + 1] if mark.line < len(lines) else ""
    if "maximum nesting depth" in text:
        # LibYAML looks far ahead, and newer ones have a bound of their own.
        text = TOO_DEEP
    elif "tab" in text or ("\t" in before and not before.strip()):
        text = Message("a tab cannot indent YAML; use spaces")
    elif not isinstance(error, _TooDeepError):
        began = getattr(error, "context_mark", None)
        if began is not None and began.line != mark.line:
            text = Message(
                "{problem} {context} that begins on line {line}",
                problem=text,
                context=getattr(error, "context", ""),
                line=began.line + 1,
            )
        text = Message("invalid YAML: {problem}", problem=text)
    return _problem(text, name, lines, (mark.line + 1, mark.column + 1))


def _not_plain_text(data: bytes, text: str, name: str, lines: tuple[str, ...]) -> Problem | None:
    """Return why bytes are no UTF-8 text that YAML can hold, if they are not."""
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            return Problem(Message("the file is UTF-16; save it as UTF-8"), file=name, line=1, code=NOT_TEXT)
        if b"\0" not in data[:4096]:
            text = Message("the file is not UTF-8; save it as UTF-8")
            return Problem(text, file=name, line=line, code=NOT_TEXT)
        return Problem(NO_TEXT, file=name, line=line, code=NOT_TEXT)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return Problem(NO_TEXT, file=name, line=line, code=NOT_TEXT)
    if refused := REFUSED.search(text):
        before = LINE_BREAK.split(text[: refused.start()])
        char = f"U+{ord(refused[0]):04X}"
        sentence = Message("the character {char} is not allowed in a text file", char=char)
        return replace(_problem(sentence, name, lines, (len(before), len(before[-1]) + 1)), code=NOT_TEXT)
    return None


def _problem(text: str, name: str, lines: tuple[str, ...], place: tuple[int, int]) -> Problem:
    line, column = place
    source = lines[line - 1] if line <= len(lines) else None
    return Problem(text, "error", name, line, column, source, INVALID_YAML)
