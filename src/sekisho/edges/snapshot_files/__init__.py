"""snapshot_files."""
