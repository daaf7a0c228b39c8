"""A build that somebody ordered: its attempts by a table, whether it can be begun, and all builds together."""
