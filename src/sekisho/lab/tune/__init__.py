"""Tuning: a carrier's own calls, with made-up thieves among them, become a profile for the watch."""
