"""The simulator: a carrier's traffic from one seed, honest and not, with the truth beside it."""
