"""Do the steps of a move: the protocol that handlers speak, how they are found, and those that are built in."""
