"""Write what people read beside the program: manual pages, the reference of all settings, completions for shells.

Nothing is told here that the program does not say itself. Commands come from the command line as it is put together
(`commands`), settings from the docstrings of the schema (`settings`); what is written is checked in, because a manual
should be readable without building it, and a test tells when it is out of date. `make docs` writes it again.

This package does not ship: what it writes does.
"""
