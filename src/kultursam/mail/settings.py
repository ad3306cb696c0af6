"""Which servers send and keep mail: mail.toml, and over it variables such as KULTURSAM_SMTP_HOST.

A secret stands in neither: they say which command, file or systemd credential yields it, when it is needed.
No problem shows a line of the file, for somebody may have written a secret there all the same.
"""

import ipaddress
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import Field, ValidationError

from kultursam.diagnostics import KultursamError, Problem, has_errors
from kultursam.forumfile.errors import in_file_order, validation_problems
from kultursam.forumfile.keys import key, written_as
from kultursam.forumfile.values import (
    DOMAIN,
    FilePath,
    Keys,
    ValueType,
    line_of_text,
    number_between,
    one_of,
    text_schema,
)
from kultursam.forumfile.yaml_source import Source, Tree, Where
from kultursam.i18n import N_, Message
from kultursam.paths import displayed

Kind = Literal["smtp", "imap"]
Security = Literal["starttls", "tls", "none"]
Auth = Literal["none", "password", "xoauth2"]
PORTS: dict[tuple[str, str], int] = {
    ("smtp", "starttls"): 587,
    ("smtp", "tls"): 465,
    ("smtp", "none"): 25,
    ("imap", "starttls"): 143,
    ("imap", "tls"): 993,
    ("imap", "none"): 143,
}
"""That servers listen on, by what they are for and how they are spoken to."""
DEFAULT_SECURITY: dict[Kind, Security] = {"smtp": "starttls", "imap": "tls"}
SECONDS = 60
"""That a server may be silent for, unless the file says otherwise."""
SECONDS_OF_COMMAND = 60
"""That a command may take to yield a secret: somebody may have to unlock something."""
MAX_BYTES = 64 * 1024
"""Of mail.toml, and of a secret."""
SECRET_KEYS = {"password", "passwd", "pass", "secret", "token", "access_token", "key"}
WAYS = ("command", "file", "credential")
"""Keys that say what yields a secret."""
CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""The variable by which systemd names the folder of a service's credentials."""
NO_SECRET = Message(
    "no secret belongs here: let command, file or credential say what yields it, such as "
    'command = ["pass", "show", "mail"]'
)
ONE_WAY = Message("write one of command, file and credential: what yields the secret")
NO_LOGIN = Message('this has no effect without auth = "password" or "xoauth2"')
IN_THE_CLEAR = Message(
    'with security = "none" a secret could be read on its way; it is sent so only to a server on this machine'
)
NOT_TEXT = Message("it is no text in UTF-8")
EMPTY = Message("it is empty")
NOT_ASCII = Message("it has characters other than those of ASCII")
NO_FILE = Message("it is not in a regular file")
NO_CREDENTIALS = Message(
    "{variable} is not set, as systemd sets it for a service", variable="CREDENTIALS_DIRECTORY"
)
UNENDED = Message("a quotation has no end")
HOST = Message("the name of a server such as smtp.example.org")
USER = Message("a user such as meetings@example.org")
CREDENTIAL = Message("a name such as smtp-password")
INBOX = "INBOX"
VARIABLE = re.compile("KULTURSAM_(SMTP|IMAP)_([A-Z_]+)")
"""Variables of the environment, each with the key that it is written for."""
PLACE = re.compile(r" *\(at (?:line (\d+), column (\d+)|end of document)\)")
"""How the library of TOML tells where it found something."""
TABLE = re.compile(r"\s*\[\s*([A-Za-z0-9_-]+)\s*\]")
PAIR = re.compile(r"\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=\s*")
Marks = dict[Where, tuple[int, int]]


class NoServerError(KultursamError):
    """Nothing says which server to use."""

    code = "no-mail-server"
    sentences: Mapping[str, str] = {
        "smtp": N_("no server to send mail with is named; write its host below [smtp] in {file}"),
        "imap": N_("no server to read mail from is named; write its host below [imap] in {file}"),
    }

    def __init__(self, kind: Kind, file: str) -> None:
        super().__init__(Problem(Message(self.sentences[kind], file=file)))


class NoSecretError(KultursamError):
    """What is to yield a secret does not."""

    code = "no-secret"

    def __init__(self, reason: str) -> None:
        super().__init__(
            Problem(Message("the secret for the mail server is not to be had: {reason}", reason=reason))
        )


@dataclass(frozen=True, slots=True)
class Secret:
    """What yields a password or token: a command, or a file."""

    command: tuple[str, ...] = ()
    file: Path | None = None
    """None of a systemd credential where systemd has not started this run."""

    def read(self) -> str:
        """Return the secret: the first line of what yields it. Raise `NoSecretError`."""
        try:
            data = _output(self.command) if self.command else self._held()
            text = data.decode().partition("\n")[0].rstrip("\r")
        except OSError as error:
            raise NoSecretError(error.strerror or type(error).__name__) from None
        except UnicodeDecodeError:
            raise NoSecretError(NOT_TEXT) from None
        if not text:
            raise NoSecretError(EMPTY)
        if not text.isascii() or not text.isprintable():
            raise NoSecretError(NOT_ASCII)
        return text

    def _held(self) -> bytes:
        if self.file is None:
            raise NoSecretError(NO_CREDENTIALS)
        if self.file.exists() and not self.file.is_file():
            # A pipe or a device may never end.
            raise NoSecretError(NO_FILE)
        return self.file.read_bytes()[:MAX_BYTES]


def _output(command: tuple[str, ...]) -> bytes:
    """Return what a program prints. No shell reads the command, and what it says of errors is its own."""
    try:
        done = subprocess.run(  # noqa: S603 - whoever may write mail.toml names the program
            command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=SECONDS_OF_COMMAND, check=False
        )
    except subprocess.TimeoutExpired:
        text = Message("the command took longer than {seconds} seconds", seconds=SECONDS_OF_COMMAND)
        raise NoSecretError(text) from None
    if done.returncode:
        raise NoSecretError(Message("the command ended with {status}", status=done.returncode))
    return done.stdout[:MAX_BYTES]


@dataclass(frozen=True, slots=True)
class Server:
    """A server of mail, and how to speak to it."""

    host: str
    port: int
    security: Security
    auth: Auth = "none"
    user: str = ""
    secret: Secret = Secret()
    seconds: int = SECONDS
    """How long it may be silent."""

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class MailSettings:
    """What is known of the servers of mail."""

    smtp: Server | None = None
    imap: Server | None = None
    mailbox: str = INBOX
    """The one that answers come to."""
    file: str = "mail.toml"
    """Where servers are named, as messages call it."""

    def server(self, kind: Kind) -> Server:
        """Return the server that sends, or keeps mail. Raise `NoServerError` if none is named."""
        server = self.smtp if kind == "smtp" else self.imap
        if server is None:
            raise NoServerError(kind, self.file)
        return server


# --- the file ----------------------------------------------------------------------------------------


def _words(text: object) -> list[str]:
    """Return a command's program and arguments. Raise `ValueError` if a quotation does not end."""
    try:
        return shlex.split(str(text))
    except ValueError:
        raise ValueError(UNENDED) from None


def _unquoted(pattern: str, hint: Message) -> ValueType[str]:
    """Return the type of a text of a pattern; what is refused is not quoted, for it may be a secret."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(Message("write {advice}", advice=hint))
        return text

    return ValueType(read, text_schema(pattern, hint))


Host = Annotated[str, _unquoted(rf"{DOMAIN}|[0-9a-fA-F:.]{{2,45}}", HOST)]
Line = Annotated[str, line_of_text]
User = Annotated[str, _unquoted("[!-~](?:[ -~]{0,248}[!-~])?", USER)]
Port = Annotated[int, number_between(1, 65_535, Message("a whole number from 1 to 65535"))]
Seconds = Annotated[int, number_between(1, 600, Message("a whole number from 1 to 600"))]
SecurityText = Annotated[Security, one_of(Message("word"), get_args(Security))]
AuthText = Annotated[Auth, one_of(Message("word"), get_args(Auth))]
Command = Annotated[
    tuple[Line, ...], Field(min_length=1), written_as(str, _words, schema=tuple[Line, ...] | Line)
]
Credential = Annotated[str, _unquoted("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}", CREDENTIAL)]


class ServerKeys(Keys):
    """A server, and how to speak to it."""

    host: Host | None = key("the server's name", None)
    port: Port | None = key("the port that it listens on; without it, the usual one", None)
    security: SecurityText | None = key("starttls, tls or none", None)
    auth: AuthText | None = key("how to log in: none, password or xoauth2", None)
    user: User | None = key("who logs in", None)
    command: Command | None = key("the program that prints the secret, and its arguments", None)
    file: FilePath | None = key("the file that holds the secret, from the folder of mail.toml", None)
    credential: Credential | None = key("the name of the systemd credential that is the secret", None)
    seconds: Seconds | None = key("how long the server may be silent", None)


class ImapKeys(ServerKeys):
    """The server that answers come to."""

    mailbox: Line | None = key("the mailbox that answers come to", None)


class MailFile(Keys):
    """Everything that mail.toml says."""

    smtp: ServerKeys = Field(default_factory=ServerKeys, description="the server that sends")
    imap: ImapKeys = Field(default_factory=ImapKeys, description="the server that answers come to")


def read_settings(path: Path, environment: Mapping[str, str]) -> tuple[MailSettings | None, list[Problem]]:
    """Return which servers mail.toml and the environment name, and warnings; or every problem that is found.

    There may be no such file.
    """
    source, problems = _source(path)
    said: dict[Kind, dict[str, Any]] = {"smtp": {}, "imap": {}}
    if source is not None:
        problems += _read(source, said)
    for variable, value in sorted(environment.items()):
        if named := VARIABLE.fullmatch(variable):
            kind: Kind = "smtp" if named[1] == "SMTP" else "imap"
            of_variable: dict[Kind, dict[str, Any]] = {"smtp": {}, "imap": {}}
            tree: dict[str, Tree] = {kind: {named[2].lower(): value}}
            alone = Source(variable, (), tree, {}, {})
            problems += [replace(one, line=None, column=None) for one in _read(alone, of_variable)]
            if of_variable[kind].keys() & WAYS:
                said[kind] = {name: known for name, known in said[kind].items() if name not in WAYS}
            said[kind] |= of_variable[kind]
    if not has_errors(problems):
        for kind, keys in said.items():
            problems += _misfits(kind, keys, source)
    problems = in_file_order(replace(problem, source=None) for problem in problems)
    if has_errors(problems):
        return None, problems
    folders = Folders(path.absolute().parent, environment.get(CREDENTIALS))
    smtp, imap = (_server(kind, keys, folders) for kind, keys in said.items())
    mailbox = said["imap"].get("mailbox") or INBOX
    return MailSettings(smtp, imap, mailbox, displayed(path)), problems


def _source(path: Path) -> tuple[Source | None, list[Problem]]:
    """Return what a TOML file says, all values as texts; nothing if there is no such file."""
    name = displayed(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None, []
    except OSError as error:
        return None, [
            Problem(
                Message("the file cannot be read: {reason}", reason=error.strerror or str(error)), file=name
            )
        ]
    if len(data) > MAX_BYTES:
        return None, [
            Problem(Message("the file is larger than {size} KiB", size=MAX_BYTES // 1024), file=name)
        ]
    try:
        text = data.decode("utf-8-sig")
        tree = _as_texts(tomllib.loads(text))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return None, [Problem(Message("the file is not UTF-8; save it as UTF-8"), file=name, line=line)]
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return None, [_syntax_problem(name, str(error))]
    lines = tuple(text.splitlines())
    marks, key_marks = _marks(lines)
    return Source(name, lines, tree, marks, key_marks), []


def _syntax_problem(name: str, said: str) -> Problem:
    place = PLACE.search(said)
    text = Message("invalid TOML: {problem}", problem=PLACE.sub("", said))
    line, column = (int(place[1]), int(place[2])) if place else (None, None)
    return Problem(text, file=name, line=line, column=column)


def _as_texts(value: object) -> Tree:
    if isinstance(value, dict):
        return {str(name): _as_texts(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_as_texts(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _marks(lines: tuple[str, ...]) -> tuple[Marks, Marks]:
    """Return where values and keys stand, as far as they stand one a line: the library does not tell."""
    table: Where = ()
    marks, key_marks = Marks(), Marks()
    for number, line in enumerate(lines, 1):
        if header := TABLE.match(line):
            table = (header[1],)
            marks[table] = key_marks[table] = (number, header.start(1) + 1)
        elif pair := PAIR.match(line):
            where: Where = (*table, *re.split(r"[\s.]+", pair[1]))
            key_marks.setdefault(where, (number, pair.start(1) + 1))
            marks.setdefault(where, (number, pair.end() + 1))
    return marks, key_marks


def _read(source: Source, said: dict[Kind, dict[str, Any]]) -> list[Problem]:
    """Put what a source says into what is said of each server; return the problems of it."""
    if not isinstance(source.tree, dict):
        return []
    tree, problems = dict(source.tree), list[Problem]()
    for kind in said:
        section = tree.get(kind)
        if isinstance(section, dict):
            secrets = section.keys() & SECRET_KEYS
            problems += [source.problem(NO_SECRET, (kind, name), key=True) for name in secrets]
            tree[kind] = {name: value for name, value in section.items() if name not in secrets}
    try:
        file = MailFile.model_validate(tree)
    except ValidationError as error:
        return [*problems, *validation_problems(source, tree, error, MailFile)]
    for kind, keys in said.items():
        of_kind: ServerKeys = getattr(file, kind)
        keys.update(of_kind.model_dump(exclude_unset=True))
    return problems


def _misfits(kind: Kind, keys: Mapping[str, Any], source: Source | None) -> Iterator[Problem]:
    """Yield what of a server's keys does not fit together."""
    if not keys:
        return
    ways = [way for way in WAYS if keys.get(way)]
    logs_in = keys.get("auth", "none") != "none"
    if not keys.get("host"):
        yield _problem(Message('the key "{key}" is missing', key="host"), kind, "", source)
    elif logs_in and keys.get("security") == "none" and not is_this_machine(keys["host"]):
        yield _problem(IN_THE_CLEAR, kind, "security", source)
    if logs_in and not keys.get("user"):
        yield _problem(Message('the key "{key}" is missing', key="user"), kind, "", source)
    if logs_in and len(ways) != 1:
        yield _problem(ONE_WAY, kind, ways[-1] if ways else "", source)
    for name in (*ways, "user"):
        if keys.get(name) and not logs_in:
            yield replace(_problem(NO_LOGIN, kind, name, source), severity="warning")


def _problem(text: Message, kind: Kind, name: str, source: Source | None) -> Problem:
    """Return a problem of a server's key, or of all its keys: in the file, else in the environment."""
    written = source.tree.get(kind) if source and isinstance(source.tree, dict) else None
    if source and isinstance(written, dict) and (not name or name in written):
        return source.problem(text, (kind, name) if name else (kind,), key=True)
    return Problem(text, file=f"KULTURSAM_{kind.upper()}_{(name or 'host').upper()}")


def is_this_machine(host: str) -> bool:
    """Return whether a server's name or address is that of this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


class Folders(NamedTuple):
    """Where secrets lie: that of mail.toml, and that of systemd's credentials, where there are any."""

    own: Path
    credentials: str | None


def _server(kind: Kind, keys: Mapping[str, Any], folders: Folders) -> Server | None:
    if not keys:
        return None
    security: Security = keys.get("security") or DEFAULT_SECURITY[kind]
    file = folders.own / keys["file"] if keys.get("file") else None
    if keys.get("credential") and folders.credentials:
        file = Path(folders.credentials, keys["credential"])
    return Server(
        host=keys["host"],
        port=keys.get("port") or PORTS[kind, security],
        security=security,
        auth=keys.get("auth") or "none",
        user=keys.get("user") or "",
        secret=Secret(keys.get("command") or (), file),
        seconds=keys.get("seconds") or SECONDS,
    )
