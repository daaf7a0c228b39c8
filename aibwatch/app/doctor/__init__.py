"""Look at everything that a night depends on, on an ordinary day: what works, what does not, and what to do.

One file a check. Nothing is changed by any of them, nothing is run, and what is told has no secrets.
"""
