"""Demonstrations: what Sekisho does, on calls anybody can look at."""
