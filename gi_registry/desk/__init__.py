"""Where a signed-in person starts: the producer's home, the officer's queue, and the clock of a demonstration."""
