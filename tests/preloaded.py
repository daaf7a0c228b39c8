"""Import what every process of the stories needs, once, in the server that they are forked from; see program.py.

What does nothing but import starts nothing: no thread, no loop, no file, so that a fork has nothing of another's.
"""

import gc

import tests.story.killer
import tests.story.support  # noqa: F401

gc.freeze()  # what is shared stays shared: a collection in a child would touch, and so copy, all of it
