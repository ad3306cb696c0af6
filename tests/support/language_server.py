"""yaml-language-server, spoken to as an editor speaks to it: JSON-RPC over its standard streams."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

SETTINGS = {
    "yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}},
    "http": {"proxy": "", "proxyStrictSSL": True},
}
"""No schema from the net: the file itself names the one it has."""

PATIENCE = 120
"""Seconds after which a server that says nothing is ended, for all that is asked of it."""


@dataclass
class Server:
    """A running server and the documents that are open in it."""

    process: subprocess.Popen[bytes]
    folder: Path
    sent: int = 0
    diagnostics: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def start(self) -> None:
        """Tell the server who asks, and from which folder."""
        root = self.folder.as_uri()
        capabilities = {
            "workspace": {"configuration": True},
            "textDocument": {"completion": {"completionItem": {"snippetSupport": True}}},
        }
        folders = [{"uri": root, "name": "project"}]
        parameters = {"processId": None, "rootUri": root, "workspaceFolders": folders}
        self._ask("initialize", {**parameters, "capabilities": capabilities})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": SETTINGS})

    def open(self, name: str, text: str) -> list[dict[str, Any]]:
        """Open a document; give what the server underlines in it."""
        uri = (self.folder / name).as_uri()
        self.diagnostics.pop(uri, None)
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        while uri not in self.diagnostics:
            self._handle(self._read())
        return self.diagnostics[uri]

    def hover(self, name: str, line: int, column: int) -> str:
        """Return the text that is shown where the mouse rests; lines and columns from 1."""
        found = self._ask("textDocument/hover", self._at(name, line, column))
        return str(found["contents"]["value"]) if found else ""

    def complete(self, name: str, line: int, column: int) -> set[str]:
        """Return what may be written at a place."""
        found = self._ask("textDocument/completion", self._at(name, line, column))
        return {item["label"] for item in found["items"]}

    def _at(self, name: str, line: int, column: int) -> dict[str, Any]:
        place = {"line": line - 1, "character": column - 1}
        return {"textDocument": {"uri": (self.folder / name).as_uri()}, "position": place}

    def _ask(self, method: str, parameters: object) -> Any:  # noqa: ANN401 - an answer is anything
        self.sent += 1
        self._write({"id": self.sent, "method": method, "params": parameters})
        while True:
            message = self._read()
            if message.get("id") == self.sent and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self._handle(message)

    def _handle(self, message: dict[str, Any]) -> None:
        """Keep what is underlined, and answer what the server asks."""
        parameters = message.get("params", {})
        if message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[parameters["uri"]] = parameters["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            asked = [SETTINGS.get(item.get("section"), {}) for item in parameters["items"]]
            self._write({"id": message["id"], "result": asked})
        elif "id" in message and "method" in message:
            self._write({"id": message["id"], "result": None})

    def _tell(self, method: str, parameters: object) -> None:
        self._write({"method": method, "params": parameters})

    def _write(self, message: dict[str, Any]) -> None:
        assert self.process.stdin
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        assert length, "the server has ended"
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message


@contextmanager
def running(folder: Path, missing: Callable[[str], NoReturn]) -> Iterator[Server]:
    """Run the server on a folder; call `missing` where there is none."""
    node = shutil.which("node") or missing("node")
    modules = os.environ.get("KULTURSAM_NODE_MODULES") or missing("KULTURSAM_NODE_MODULES")
    program = Path(modules) / "yaml-language-server" / "bin" / "yaml-language-server"
    if not program.exists():
        missing("yaml-language-server (npm)")
    with subprocess.Popen(
        [node, program, "--stdio"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    ) as process:
        patience = threading.Timer(PATIENCE, process.kill)
        patience.start()
        try:
            server = Server(process, folder)
            server.start()
            yield server
        finally:
            patience.cancel()
            process.kill()
