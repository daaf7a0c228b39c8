"""Show that no rule of the core is idle: take each away by itself, and see which test notices.

`make removals` tries them all and prints a table; a sample of them is an ordinary test.
"""
