"""sqlite_log."""
