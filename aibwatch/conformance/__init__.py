"""Try somebody's handler before a night depends on it: crashes, double calls, stale epochs, deadlines, garbage."""
