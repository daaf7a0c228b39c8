"""Say whether a secondary would build if it were run now, rule by rule, from what was found out about it.

The rules are pure: what was read, and what could not be, comes in as one survey. A rule knows no other rule.
"""
