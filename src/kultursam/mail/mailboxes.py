"""Mails of a mailbox, one after the other; nothing in the mailbox changes, not even when it was last read.

An mbox file is read line by line and a mail at a time, so memory depends on neither its size nor theirs.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kultursam.diagnostics import KultursamError, Problem
from kultursam.i18n import Message
from kultursam.paths import displayed
from kultursam.storage import CannotReadFileError

MOST_BYTES = 10 * 1024 * 1024
"""Of a mail that is read: an answer has few, but it may quote or attach."""
MOST_LINE = 64 * 1024
"""Bytes that are taken at once of a line that does not end."""
BEGINS = b"From "
"""What begins each mail of an mbox file, after an empty line."""
QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
"""A line of a mail that began like that: one more > stands before it."""
FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
"""What a mail begins with."""


class NotMailError(KultursamError):
    """A file holds no mails."""

    code = "not-mail"

    def __init__(self, path: Path) -> None:
        text = Message("this is no mail and no mbox file; have Outlook save mails as .eml, or use --imap")
        super().__init__(Problem(text, file=displayed(path)))


class NoMaildirError(KultursamError):
    """A folder holds no mails."""

    code = "not-mail"

    def __init__(self, path: Path) -> None:
        text = Message("this folder has neither new and cur, as a Maildir has, nor mails that end in .eml")
        super().__init__(Problem(text, file=displayed(path)))


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it lies in a mailbox, and where that is."""

    number: int
    """Its place in the mailbox, from 1."""
    file: str
    line: int | None
    """Where it begins in the file, from 1; none where there is no file of lines."""
    data: bytes | None
    """None, if it is too large to be read."""


def read_mbox(path: Path) -> Iterator[Mail]:
    """Yield the mails of an mbox file, or the one of a file that is a mail. Raise `KultursamError`."""
    name = displayed(path)
    if path.exists() and not path.is_file():
        # A pipe may never end.
        raise CannotReadFileError(path, Message("is not a regular file"))
    with _opened(path) as stream:
        try:
            head = stream.read(MOST_LINE).lstrip()
            stream.seek(0)
            if not head:
                return
            if head.startswith(BEGINS):
                yield from _divided(stream, name)
            elif FIELD.match(head):
                yield Mail(1, name, 1, _whole(stream))
            else:
                raise NotMailError(path)
        except OSError as error:
            raise CannotReadFileError(path, _reason(error)) from error


def read_maildir(path: Path) -> Iterator[Mail]:
    """Yield the mails of a Maildir, or of a folder of .eml files, by name. Raise `KultursamError`."""
    try:
        parts = [path / name for name in ("cur", "new") if (path / name).is_dir()]
        files = [file for part in parts or [path] for file in part.iterdir()]
    except OSError as error:
        raise CannotReadFileError(path, _reason(error)) from error
    if not parts:
        files = [file for file in files if file.suffix.lower() == ".eml"]
    if not parts and not files:
        raise NoMaildirError(path)
    mails = sorted(file for file in files if file.is_file() and not file.name.startswith("."))
    # The moment that a name begins with in a Maildir orders both of its folders.
    mails.sort(key=lambda file: file.name)
    for number, file in enumerate(mails, 1):
        if not file.exists():
            continue  # Its reader has moved or deleted it meanwhile.
        with _opened(file) as stream:
            try:
                data = _whole(stream)
            except OSError as error:
                raise CannotReadFileError(file, _reason(error)) from error
        yield Mail(number, displayed(file), None, data)


def numbered(name: str, mails: Iterable[bytes]) -> Iterator[Mail]:
    """Yield the mails of a mailbox that is no file, by its name."""
    for number, data in enumerate(mails, 1):
        yield Mail(number, name, None, data if len(data) <= MOST_BYTES else None)


def _opened(path: Path) -> BinaryIO:
    try:
        return open(path, "rb", opener=_unseen)
    except OSError as error:
        raise CannotReadFileError(path, _reason(error)) from error


def _unseen(path: str, flags: int) -> int:
    """Return a file that is opened without a trace, where the system lets us: mail programs look at that."""
    try:
        return os.open(path, flags | getattr(os, "O_NOATIME", 0))
    except PermissionError:
        return os.open(path, flags)


def _whole(stream: BinaryIO) -> bytes | None:
    data = stream.read(MOST_BYTES + 1)
    return data if len(data) <= MOST_BYTES else None


def _divided(stream: BinaryIO, name: str) -> Iterator[Mail]:
    """Yield the mails of an mbox file: each begins after an empty line."""
    number, line, first, size = 0, 0, 1, 0
    data = bytearray()
    empty = whole = True
    while piece := stream.readline(MOST_LINE):
        line += whole
        if whole and empty and piece.startswith(BEGINS):
            if number:
                yield Mail(number, name, first, _unquoted(data, size))
            number, first, size = number + 1, line, 0
            data.clear()
        elif number:
            size += len(piece)
            if size <= MOST_BYTES:
                data += piece
        empty = whole and not piece.strip(b"\r\n")
        whole = piece.endswith(b"\n")
    yield Mail(number, name, first, _unquoted(data, size))


def _unquoted(data: bytearray, size: int) -> bytes | None:
    return QUOTED.sub(rb"\1", bytes(data)) if size <= MOST_BYTES else None


def _reason(error: OSError) -> Message:
    return Message("cannot be read: {reason}", reason=error.strerror or error)
