"""Benchmarks: made-up traffic, and the yardsticks that our own figures are measured against."""
