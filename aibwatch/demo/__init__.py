"""Tell the whole story on a terminal: the real daemon, over real HTTP, against the stand-in for Azure.

Only the lengths of time are shorter than in production; nothing in the way of a decision is.
"""
