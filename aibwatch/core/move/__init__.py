"""A move and its steps, what it rested on, what became of it, and what the member that was left still puts out."""
