"""Import what processes of the stories need, once, in the server that they are forked from; see program.py.

What does nothing but import starts nothing: no thread, no loop, no file, so that a fork has nothing of another's.
"""

import gc
import importlib

NEEDED = (
    "aibwatch.app.daemon",
    "aibwatch.app.once",
    "aibwatch.app.stand_in",
    "aibwatch.cli",
    "aibwatch.config.path",
    "aibwatch.handlers.run_template",
    "aibwatch.runtime.logs",
    "azure.identity.aio",
    "pytest",  # the modules that tell the stories import it
    "sqlite3",
    "tests.story.killer",
    "tests.story.support",
)
"""What is left out is imported by each process for itself: nothing fails, it only takes longer."""

for name in NEEDED:
    importlib.import_module(name)

gc.freeze()  # what is shared stays shared: a collection in a child would touch, and so copy, all of it
