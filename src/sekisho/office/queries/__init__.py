"""What the office is asked: each answers a user with frozen dataclasses, and with None where it is not his to see.

Money is whole milli-yen, an instant whole milliseconds (UTC), a line E.164 with `+`.
"""
