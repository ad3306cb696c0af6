"""Parts of libraries without the rest: some packages import far more than what is asked of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec


@contextmanager
def bare(package: str) -> Iterator[None]:
    """Let modules of a package be imported within the block while its own code is not run.

    Where the package is imported already, nothing is different.
    """
    spec = None if package in sys.modules else find_spec(package)
    if spec is None:
        yield
        return
    sys.modules[package] = module_from_spec(spec)
    try:
        yield
    finally:
        del sys.modules[package]
