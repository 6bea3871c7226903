"""The simulator: a carrier's traffic from one seed, honest and not, and the truth of it (docs/lab/simulator.md)."""
