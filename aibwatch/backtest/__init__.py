"""Play labelled worlds through the production core in simulated time. Knows the core; no clock, no network, no disk."""
