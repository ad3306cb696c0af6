"""Which servers are named, where faults are, and that no secret is taken from the file, or shown."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kultursam.diagnostics import Problem, has_errors
from kultursam.mail.settings import (
    MailSettings,
    NoSecretError,
    NoServerError,
    Secret,
    Server,
    is_this_machine,
    read_settings,
)

RELAY = '[smtp]\nhost = "relay.example.org"\nport = 25\nsecurity = "starttls"\n'
LOGIN = """
[smtp]
host = "smtp.example.org"
auth = "xoauth2"
user = "meetings@example.org"
command = ["token", "for mail"]

[imap]
host = "imap.example.org"
auth = "password"
user = 'HALLAND\\meetings'
file = "secret"
mailbox = "Svar på möten"
"""


def read(
    folder: Path, text: str | None, environment: dict[str, str] | None = None
) -> tuple[MailSettings | None, list[Problem]]:
    """Read a mail.toml of a text."""
    if text is not None:
        (folder / "mail.toml").write_text(text, encoding="utf-8")
    return read_settings(folder / "mail.toml", environment or {})


def test_an_office_that_relays_without_login_needs_a_name(tmp_path: Path) -> None:
    """All else is usual: STARTTLS, and for what sends its port."""
    found, problems = read(tmp_path, '[smtp]\nhost = "relay.example.org"\n')
    assert problems == []
    assert found
    assert found.server("smtp") == Server("relay.example.org", 587, "starttls")
    found, _ = read(tmp_path, RELAY)
    assert found
    assert found.server("smtp") == Server("relay.example.org", 25, "starttls")
    with pytest.raises(NoServerError, match="imap"):
        found.server("imap")


def test_servers_that_want_to_know_who_is_there(tmp_path: Path) -> None:
    """What yields the secret is named; a file from the folder of mail.toml."""
    found, problems = read(tmp_path, LOGIN)
    assert problems == []
    assert found
    assert found.mailbox == "Svar på möten"
    command = Secret(("token", "for mail"))
    assert found.smtp == Server(
        "smtp.example.org", 587, "starttls", "xoauth2", "meetings@example.org", command
    )
    file = Secret(file=tmp_path / "secret")
    assert found.imap == Server("imap.example.org", 993, "tls", "password", "HALLAND\\meetings", file)


def test_the_environment_alone_may_say_all(tmp_path: Path) -> None:
    """As a service of systemd has it; no file is needed."""
    environment = {
        "KULTURSAM_SMTP_HOST": "smtp.example.org",
        "KULTURSAM_SMTP_SECURITY": "tls",
        "KULTURSAM_SMTP_AUTH": "password",
        "KULTURSAM_SMTP_USER": "meetings",
        "KULTURSAM_SMTP_CREDENTIAL": "smtp-password",
        "CREDENTIALS_DIRECTORY": str(tmp_path),
        "KULTURSAM_URL_COUNCIL": "https://example.org",
    }
    found, problems = read(tmp_path, None, environment)
    assert problems == []
    assert found
    (tmp_path / "smtp-password").write_text("of systemd\n", encoding="utf-8")
    smtp = found.server("smtp")
    assert (smtp.port, smtp.secret.read()) == (465, "of systemd")
    del environment["CREDENTIALS_DIRECTORY"]
    found, _ = read(tmp_path, None, environment)
    assert found
    with pytest.raises(NoSecretError, match="CREDENTIALS_DIRECTORY"):
        found.server("smtp").secret.read()


def test_the_environment_has_precedence(tmp_path: Path) -> None:
    """Key by key; another way to the secret stands in the place of that of the file."""
    environment = {
        "KULTURSAM_SMTP_COMMAND": "secret-tool lookup 'mail server' x",
        "KULTURSAM_SMTP_PORT": "2525",
    }
    found, problems = read(tmp_path, LOGIN, environment)
    assert problems == []
    assert found
    assert found.server("smtp").secret == Secret(("secret-tool", "lookup", "mail server", "x"))
    assert (found.server("smtp").host, found.server("smtp").port) == ("smtp.example.org", 2525)
    found, _ = read(tmp_path, LOGIN, {"KULTURSAM_SMTP_FILE": "other"})
    assert found
    assert found.server("smtp").secret == Secret(file=tmp_path / "other")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[smtp]\nhst = "x"\n', '2:1: error: unknown key "hst"; did you mean "host"?'),
        ('[smpt]\nhost = "x"\n', '1:2: error: unknown key "smpt"; did you mean "smtp"?'),
        (RELAY.replace("25", "70000"), '3:8: error: invalid number "70000"'),
        (RELAY.replace("25", "true"), '3:8: error: invalid number "true"'),
        (
            RELAY.replace("starttls", "startls"),
            '4:12: error: invalid word "startls"; did you mean "starttls"?',
        ),
        (RELAY.replace("relay.example.org", "smtp://x"), "2:8: error: write the name of a server such as"),
        (RELAY.replace('"relay.example.org"', "[1]"), "2:8: error: one value is expected here, not a list"),
        ("[smtp]\nport = 25\n", '1:2: error: the key "host" is missing'),
        (f'{RELAY}auth = "password"\n', 'error: the key "user" is missing'),
        (f'{RELAY}auth = "password"\nuser = "x"\n', "error: write one of command, file and credential"),
        (f'{RELAY}auth = "password"\nuser = "x"\nfile = "x"\ncredential = "x"\n', "8:1: error: write one of"),
        (f'{RELAY}user = "x"\n', "5:1: warning: this has no effect without auth"),
        (f"{RELAY}command = 'a \"b'\n", "5:11: error: a quotation has no end"),
        (f"{RELAY}command = []\n", "5:11: error: at least one item is needed here"),
        (f'{LOGIN}\nsecurity = "none"\n', "15:1: error: with security"),
        ("[smtp\n", "1:6: error: invalid TOML"),
        ("[smtp]\nhost = 1\nhost = 2\n", "error: invalid TOML"),
        ("x = 1979-05-27\n", '1:1: error: unknown key "x"'),
        ("smtp = 1\n", "1:8: error: keys are expected here"),
        ('smtp.hst = "x"\n', '1:1: error: unknown key "hst"; did you mean "host"?'),
        (f"x = {20_000 * '['}", "error: invalid TOML"),
        (70_000 * "#", "error: the file is larger than 64 KiB"),
        ('[smtp]\nhost = "\\u0000"\n', "error: write the name"),
    ],
)
def test_faults_are_told_where_they_are(tmp_path: Path, text: str, said: str) -> None:
    """With what was meant, if that is known."""
    found, problems = read(tmp_path, text)
    assert said in "\n".join(map(str, problems))
    assert (found is None) == has_errors(problems)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("KULTURSAM_SMTP_PROT", "25", 'KULTURSAM_SMTP_PROT: error: unknown key "prot"; did you mean "port"?'),
        ("KULTURSAM_SMTP_PORT", "x", 'KULTURSAM_SMTP_PORT: error: invalid number "x"'),
        ("KULTURSAM_SMTP_MAILBOX", "x", "unknown key"),
        ("KULTURSAM_SMTP_AUTH", "password", "the key"),
        ("KULTURSAM_IMAP_PORT", "993", 'KULTURSAM_IMAP_HOST: error: the key "host" is missing'),
        ("KULTURSAM_SMTP_COMMAND", " ", "at least one item is needed here"),
    ],
)
def test_faults_of_the_environment_name_the_variable(
    tmp_path: Path, variable: str, value: str, said: str
) -> None:
    """They have no line."""
    found, problems = read(tmp_path, RELAY, {variable: value})
    assert found is None
    assert said in "\n".join(map(str, problems))


@pytest.mark.parametrize("key", ["password", "secret", "token", "pass"])
def test_no_secret_is_taken_from_where_others_may_read_it(tmp_path: Path, key: str) -> None:
    """It is refused with what to do instead, and not shown again."""
    for text, environment in (
        (f'{RELAY}{key} = "hunter2"\n', {}),
        (RELAY, {f"KULTURSAM_SMTP_{key.upper()}": "hunter2"}),
        (f'{RELAY}{key}.x = "hunter2"\n', {}),
    ):
        found, problems = read(tmp_path, text, environment)
        assert found is None
        told = "\n".join(map(str, problems))
        assert "command, file or credential" in told
        assert "hunter2" not in told


@given(
    st.sampled_from(["host", "user", "command", "file", "credential", "auth", "mailbox"]), st.integers(0, 200)
)
@settings(max_examples=60, deadline=None)
def test_no_line_of_the_file_is_shown(tmp_path_factory: pytest.TempPathFactory, key: str, place: int) -> None:
    """Somebody may have put a secret anywhere in it, and may have broken the line."""
    text = f'{RELAY}{key} = "meetings:hunter2@x y\\\\"\n'
    text = f"{text[:place]}\x00{text[place:]}" if place < len(text) else text
    _, problems = read(tmp_path_factory.getbasetemp(), text)
    assert "hunter2" not in "".join(f"{problem}{problem.as_data()}" for problem in problems if key != "auth")


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("127.0.0.2", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("localhost.example.org", False),
    ],
)
def test_a_secret_goes_in_the_clear_to_this_machine_alone(tmp_path: Path, host: str, here: bool) -> None:
    """As to a gateway that speaks to Exchange."""
    assert is_this_machine(host) == here
    text = LOGIN.replace("smtp.example.org", host).replace("[smtp]", '[smtp]\nsecurity = "none"')
    assert (read(tmp_path, text)[0] is not None) == here


# --- what yields the secret ----------------------------------------------------------------------------


def test_the_first_line_of_what_a_command_prints_is_the_secret() -> None:
    """No shell reads the command."""
    script = "import sys; print(sys.argv[1]); print('more')"
    assert Secret((sys.executable, "-c", script, "; echo $HOME")).read() == "; echo $HOME"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("raise SystemExit(3)", "the command ended with 3"),
        ("", "it is empty"),
        ("print()", "it is empty"),
        ("import sys; sys.stdout.buffer.write(b'\\xff')", "it is no text in UTF-8"),
        ("print('p\\u00e4ss')", "characters other than those of ASCII"),
        ("print('a\\x1b')", "characters other than those of ASCII"),
        ("input()", "the command ended with 1"),
    ],
)
def test_a_command_that_yields_none_is_told(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], script: str, said: str
) -> None:
    """What it says itself is seen, but is no part of what is told. Nobody answers what it asks for."""
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    with pytest.raises(NoSecretError, match=said):
        Secret((sys.executable, "-c", script)).read()
    assert capfd.readouterr().out == ""


def test_a_file_that_yields_none_is_told(tmp_path: Path) -> None:
    """One that is not there, a folder, or a pipe that nobody writes to."""
    places = [tmp_path / "missing", tmp_path]
    if hasattr(os, "mkfifo"):
        places.append(tmp_path / "pipe")
        os.mkfifo(places[-1])
    for place in places:
        with pytest.raises(NoSecretError):
            Secret(file=place).read()
    with pytest.raises(NoSecretError):
        Secret(("/nonexistent/program",)).read()


def test_line_ends_of_windows_are_no_part_of_it(tmp_path: Path) -> None:
    """An editor may have written them."""
    (tmp_path / "secret").write_bytes(b"correct horse\r\n")
    assert Secret(file=tmp_path / "secret").read() == "correct horse"
