"""Hot lists: numbers and ranges known for fraud, which the carrier loads (controls.hot_list_body).

A company may have several, each with a name; of a name the newest version counts. A number stands for itself and for
all that begin with it. What is looked up is one index a company, made anew when a list changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.core.digits.packed import U64Array, pack_all
from sekisho.core.digits.prefixes import PrefixIndex, build_index, longest_prefix, lookup_all
from sekisho.core.watch.state import Records
from sekisho.flow.outcome import Effect, Outcome

MOST_LISTS: Final = 16  # of one company, empty ones not counted
_ARRAY: Final = "hot_list:"  # in a snapshot, followed by JSON of company, name, version


class HotLists:
    """All lists of all companies. They are part of the judge's snapshot (`to_arrays`)."""

    def __init__(self) -> None:
        self._lists: dict[tuple[str, str], tuple[int, U64Array]] = {}  # (company, name) → version, packed numbers
        self._indexes: dict[str, PrefixIndex] = {}  # of companies that have numbers

    def apply(self, told: Mapping[str, Any]) -> Outcome:
        """Take in a `hot_list` message. A version that is not newer changes nothing; no numbers: the list is withdrawn.

        The effect says whether the list is `in_force`; it is not where its company has MOST_LISTS others.
        """
        company, name, version = told["company"], told["name"], told["version"]
        known, _ = self._lists.get((company, name), (0, None))
        if version <= known:
            return Outcome()
        numbers = pack_all(pa.array(told["numbers"].split(), pa.string()))
        taken = not numbers.size or self._others(company, name) < MOST_LISTS
        if taken:
            self._lists[company, name] = (version, numbers)
            self._index(company)
        facts = {"company": company, "name": name, "version": version, "numbers": numbers.size, "in_force": taken}
        return Outcome(effects=[Effect("hot_list", hot_list_key(company, name, version), facts)])

    def mark(self, company: str, numbers: U64Array, calls: Records) -> None:
        """Set `hot` of every call whose packed E.164 number is on a list of its company."""
        index = self._indexes.get(company)
        if index is not None:
            calls["hot"] = lookup_all(index, numbers) >= 0

    def has(self, company: str, number: int) -> bool:
        """Whether one packed number is on a list of the company."""
        index = self._indexes.get(company)
        return index is not None and bool(longest_prefix(index, np.uint64(number)) >= 0)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """For a snapshot: an array of packed numbers a list; what a list is stands in the array's name."""
        return {
            _ARRAY + json.dumps([company, name, version]): numbers
            for (company, name), (version, numbers) in self._lists.items()
        }

    def put(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Take in what `to_arrays` gave; arrays of other names are passed over."""
        for title, numbers in arrays.items():
            if title.startswith(_ARRAY):
                company, name, version = json.loads(title.removeprefix(_ARRAY))
                self._lists[company, name] = (version, np.array(numbers, np.uint64))
        for company in sorted({company for company, _ in self._lists}):
            self._index(company)

    def _others(self, company: str, name: str) -> int:
        return sum(
            owner == company and other != name and numbers.size > 0
            for (owner, other), (_, numbers) in self._lists.items()
        )

    def _index(self, company: str) -> None:
        """Make the company's index anew from all its lists."""
        lists = [numbers for (owner, _), (_, numbers) in self._lists.items() if owner == company and numbers.size]
        self._indexes.pop(company, None)
        if lists:
            numbers = np.concatenate(lists)
            self._indexes[company] = build_index(numbers, np.zeros(numbers.size, np.int32))


def hot_list_key(company: str, name: str, version: int) -> str:
    """The key of a version of a list: of its message in the journal, and of its effect."""
    return f"hot_list:{company}:{name}:{version}"
