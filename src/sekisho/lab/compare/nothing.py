"""Rule `nothing`: nobody looks at all. What is lost is what was at stake: the other end of the scale."""

from __future__ import annotations

from typing import Final

import numpy as np

from sekisho.core.watch.state import Records
from sekisho.lab.bars import Bars, holds

NAME: Final = "nothing"
JA: Final = "何もしない"
EN: Final = "Nothing"
SOURCE: Final = "—"


def bars(_calls: Records) -> Bars:
    """No bar, whatever the calls."""
    nothing = np.zeros(0, np.int64)
    return holds(nothing.astype(np.int32), nothing, nothing)
