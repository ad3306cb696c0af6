"""``python -m kultursam``."""

from kultursam.cli import main

main()
