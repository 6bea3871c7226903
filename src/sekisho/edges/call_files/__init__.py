"""Files of calls on disk."""
