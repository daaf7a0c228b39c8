"""Understand what a template says of how it builds: what of it is its own, what it needs, what differs, what moves.

A definition is the JSON of a template without what the service adds to it; `portable` makes one.
"""
