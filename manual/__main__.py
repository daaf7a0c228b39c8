"""Write every generated file again: `python -m manual`, in the project's own folder."""

from pathlib import Path

from manual.pages import pages

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Write them all."""
    for path, text in pages().items():
        file = ROOT / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
