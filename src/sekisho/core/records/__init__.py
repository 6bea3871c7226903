"""Bytes of a switch → CALLS. One file a dialect, all with the same `read`; `dialects.py` knows them by name."""
