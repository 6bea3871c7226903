"""Files of numbers known for fraud: one number a line, as text or as the first column of a CSV.

# from the fraud forum, 2026-11
+232 76 123456
2327699;a range

Blank lines and lines that begin with # are passed over, and so is a first line without a digit (the head of a table).
A number is E.164, with or without +, however it is set; the same number twice counts once.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from sekisho.core.terms.errors import BadSource
from sekisho.flow.controls import MOST_NUMBERS, is_hot_number

MOST_BYTES: Final = 128 << 20
_SHOWN: Final = 40
_SET: Final = re.compile(r"[ \-.()/]")  # what people set numbers with
_COLUMN: Final = re.compile(r"[,;\t]")


def read_hot_list(path: str) -> list[str]:
    """The numbers of a file as digits without +, each once, in the file's order. Raises BadSource with file and line.

    A file without a number is refused.
    """
    numbers: dict[str, None] = {}
    rows = 0
    for place, line in enumerate(_text(path).splitlines(), 1):
        field = _COLUMN.split(line, maxsplit=1)[0].strip().strip('"').strip()
        if not field or field.startswith("#"):
            continue
        rows += 1
        digits = _SET.sub("", field).removeprefix("+")
        if is_hot_number(digits):
            numbers[digits] = None
        elif rows > 1 or any(sign.isdigit() for sign in field):
            raise BadSource(
                path, place, f"{field[:_SHOWN]!r} is no number", "write E.164 of 4 to 15 digits, like +23276123456"
            )
        if len(numbers) > MOST_NUMBERS:
            raise BadSource(path, place, f"more than {MOST_NUMBERS:,} numbers", "split the list and give each a name")
    if not numbers:
        raise BadSource(path, 0, "there is no number in it", "write one number a line, like +23276123456")
    return list(numbers)


def _text(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise BadSource(path, 0, f"more than {MOST_BYTES >> 20} MiB", "give a list of numbers, one a line")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise BadSource(path, 0, f"cannot be read ({error.strerror})", "name a file of numbers") from None
    except UnicodeDecodeError:
        raise BadSource(path, 0, "not UTF-8", "save the list as UTF-8") from None
