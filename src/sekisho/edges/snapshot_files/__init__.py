"""Snapshots as files that memory-map."""
