"""Render the state for people and machines. Pure: no I/O, no clock; the same state gives the same text."""
