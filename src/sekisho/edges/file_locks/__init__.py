"""Locks on files: one process a role."""
