"""Messages as bytes (RFC 5322, 2045, 2047): the same parts give the same bytes, with any version of Python.

Whatever a text holds, it ends no line of a head and no part of a body: heads are encoded words or quoted,
bodies are base64, whose letters no boundary consists of.
"""

import re
from base64 import b64encode, encodebytes
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime

UNSEEN = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
"""What ends a line somewhere, or cannot be written."""
IN_TEXT = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
"""Of this, what is no end of a line."""
MOST_OF_WORD = 39
"""Bytes of an encoded word, so that a line of it, with the name of its field, has at most 76 characters."""
MOST_OF_LINE = 60
"""Characters of a text in ASCII that stands as it is."""


def one_line(text: str) -> str:
    """Return a text without what would end a line."""
    return UNSEEN.sub(" ", text).strip()


def body(text: str) -> bytes:
    """Return a text of lines as it stands in a message, without what ends one in another way."""
    return IN_TEXT.sub(" ", text).replace("\n", "\r\n").encode()


def unstructured(text: str) -> str:
    """Return a text as it stands in the head of a message."""
    text = one_line(text)
    if text.isascii() and len(text) <= MOST_OF_LINE and "=?" not in text:
        return text
    return "\r\n ".join(f"=?utf-8?B?{b64encode(word).decode()}?=" for word in _words(text))


def mailbox(name: str, address: str) -> str:
    """Return an address with the name of who has it, as they stand in the head of a message."""
    name = one_line(name)
    if not name:
        return f"<{address}>"
    if re.fullmatch(r"[A-Za-z0-9 .-]*", name) and len(name) <= MOST_OF_LINE:
        return f'"{name}"\r\n <{address}>'
    encoded = "\r\n ".join(f"=?utf-8?B?{b64encode(word).decode()}?=" for word in _words(name))
    return f"{encoded}\r\n <{address}>"


def _words(text: str) -> Iterable[bytes]:
    """Yield a text in pieces, none of which ends within a character."""
    word = b""
    for char in text:
        encoded = char.encode()
        if len(word) + len(encoded) > MOST_OF_WORD:
            yield word
            word = b""
        word += encoded
    yield word


def alternative(head: dict[str, str], at: datetime, key: str, parts: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a message whose parts, each with its type, say the same; a key makes what keeps them apart."""
    boundary = f"=_{key}"
    fields = {
        **head,
        "Date": format_datetime(at.astimezone(UTC)),
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative;\r\n boundary="{boundary}"',
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    body = b"".join(_part(boundary, kind, data) for kind, data in parts)
    return lines.encode("ascii") + b"\r\n" + body + f"--{boundary}--\r\n".encode()


def _part(boundary: str, kind: str, data: bytes) -> bytes:
    head = f"--{boundary}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode("ascii") + encodebytes(data).replace(b"\n", b"\r\n")
