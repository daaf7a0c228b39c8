"""The web pages: a colour from across the room, a sentence up close, the reasons one click deeper.

Pure functions of what is known (`seen.Seen`). Every page is whole without a script, and nothing on it comes from
anywhere but this daemon.
"""
