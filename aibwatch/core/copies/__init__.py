"""Copies of templates: what is written into a file, and how it is read back."""
