"""Run the core in the world: time, polls, the queue and its one consumer, the journal, effects, HTTP, signals."""
