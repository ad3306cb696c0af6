"""Clones of one repository, as people who plan together have them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from optional_tools import missing

SETTINGS = ("user.name=Somebody", "user.email=somebody@kultur.example", "init.defaultBranch=main")
WINDOWS = ("core.autocrlf=true",)
"""What git for Windows sets unless asked not to."""


class Clone:
    """A working copy, and somebody who commits there."""

    def __init__(self, folder: Path, *settings: str) -> None:
        """Take a folder that is, or becomes, a repository."""
        self.folder = folder
        self._settings = [part for setting in (*SETTINGS, *settings) for part in ("-c", setting)]

    def git(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run git, which must succeed unless `check` is off; no settings of the machine count."""
        program = shutil.which("git") or missing("git")
        env = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent"}
        env |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        done = subprocess.run(
            [program, *self._settings, *arguments],
            cwd=self.folder,
            env=env,
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=60,
        )
        assert not check or done.returncode == 0, done
        return done

    def begin(self) -> None:
        """Make the folder a repository with everything in it that is not to be ignored."""
        self.git("init", "--quiet")
        self.commit("Begin")

    def commit(self, message: str) -> None:
        """Commit whatever has changed."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)

    def clone(self, folder: Path, *settings: str) -> Clone:
        """Return a clone in another folder, made with some settings."""
        folder.mkdir()
        other = Clone(folder, *settings)
        other.git("clone", "--quiet", str(self.folder), ".")
        return other

    def merge(self, other: Clone) -> bool:
        """Merge what somebody else committed; return whether git could do it alone."""
        self.git("fetch", "--quiet", str(other.folder), "HEAD")
        return self.git("merge", "--quiet", "--no-edit", "FETCH_HEAD", check=False).returncode == 0

    def untracked(self) -> list[str]:
        """Return what git would commit if everything were added."""
        said = self.git("status", "--porcelain", "--untracked-files=all").stdout
        return sorted(line[3:].strip('"') for line in said.splitlines())
