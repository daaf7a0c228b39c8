"""Deploy a definition to a region: what would be sent, what that needs there, and what speaks against it.

`replicate` deploys a primary's definition, `restore` a copy's; both by the same rules.
"""
