"""Read what the operator wrote: a TOML file becomes settings, and settings become what the core needs.

`load` reads and judges a file, `schema` names and explains every setting, `show` writes the effective ones back,
`path` finds the file. Nothing here is imported before it is asked for, so that the command line starts fast.
"""
