"""Find groups by the tags of templates, so that hundreds of them need no configuration.

This package does not know where rows come from, nor what is done with the groups that it finds.
"""
