"""Run the command line as `python -m aibwatch`."""

from aibwatch.cli import main

if __name__ == "__main__":
    main()
