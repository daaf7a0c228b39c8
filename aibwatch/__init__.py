"""Watch Azure Image Builder, judge whether a region's service is down, and move to secondaries exactly once."""

__version__ = "0.1.0"
