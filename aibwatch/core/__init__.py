"""Decide, purely: what happened, what it means, whether to move, and why.

Nothing in this package waits, reads, writes, draws lots or looks at a clock; `now` is always an argument.
"""
