"""The Call-IDs of calls in progress, by slot: a timer's verdict must name its call, and the kernel keeps no texts."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from sekisho.core.reserved import reserve
from sekisho.core.watch.state import CALL_ID_BYTES

CALL_ID_TEXT: Final = f"S{CALL_ID_BYTES}"
_MOST: Final = 1 << 24  # as many as there can be open calls


class OpenIds:
    """One Call-ID a slot. Longer ones than CALL_ID_BYTES, which are rare, are kept apart."""

    def __init__(self) -> None:
        self.short: npt.NDArray[np.bytes_] = reserve(CALL_ID_TEXT, _MOST)
        self.long: dict[int, bytes] = {}

    def note(self, ids: npt.NDArray[np.bytes_], slots: npt.NDArray[np.int64]) -> None:
        """These slots are now of calls with these ids."""
        self.short[slots] = ids
        if self.long:
            for slot in slots.tolist():
                self.long.pop(slot, None)
        if ids.dtype.itemsize > CALL_ID_BYTES:
            for at in np.flatnonzero(np.char.str_len(ids) > CALL_ID_BYTES).tolist():
                self.long[int(slots[at])] = bytes(ids[at])

    def text(self, slot: int) -> str:
        """The Call-ID of the call in a slot."""
        return (self.long.get(slot) or bytes(self.short[slot])).decode("utf-8", "replace")
