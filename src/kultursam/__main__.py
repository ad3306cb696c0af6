"""``python -m kultursam``."""

from kultursam.cli import main

if __name__ == "__main__":
    main()
