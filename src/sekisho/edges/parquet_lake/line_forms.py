"""The forms in which a record may have written its line, and the way back to E.164.

Switches write 0312345678, +81312345678 or 81312345678. Some put signs between the digits or parameters behind them,
which mean nothing (`core/numbering/reading.py`); parts of the lake that hold such lines are not `plain`.
"""

from __future__ import annotations

import re
from typing import Final

# SQL over the column `line`: the number without what means nothing, and as E.164.
BARE: Final = r"regexp_replace(regexp_replace(line, ';.*', ''), '[^0-9+]', '', 'g')"
E164: Final = (
    f"CASE WHEN {BARE}[1] = '+' THEN {BARE} WHEN {BARE}[1] = '0' THEN '+81' || {BARE}[2:] ELSE '+' || {BARE} END"
)
_E164: Final = re.compile(r"\+[1-9][0-9]{1,14}")
_JAPAN: Final = "+81"


def written_forms(line: str) -> list[str]:
    """Every plain form of a line that is given as E.164 with +. Raises ValueError for another text."""
    if not _E164.fullmatch(line):
        raise ValueError("a line is asked for as E.164 with +, like +81312345678")
    forms = [line, line[1:]]
    if line.startswith(_JAPAN):
        forms.append("0" + line.removeprefix(_JAPAN))
    return forms
