"""Write what follows in every story, or in those that are named, anew: python -m tests.situations --write [NAME]..."""

import sys

from .play import files, played

if __name__ == "__main__":
    names = sys.argv[2:]
    if sys.argv[1:2] != ["--write"]:
        sys.exit(__doc__)
    for path in files():
        if not names or path.stem in names:
            path.write_text(played(path), encoding="utf-8")
