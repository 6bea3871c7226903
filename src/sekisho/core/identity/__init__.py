"""Who is meant: which line a row belongs to, and whether its call has been told already."""
