"""A region's canary: what became of its runs, when the next one is due, and all canaries together."""
