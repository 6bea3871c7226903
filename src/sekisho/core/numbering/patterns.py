r"""Patterns of digits, as numbering metadata writes them, compiled to prefixes.

The patterns use digits, `[1-4]`, `\d`, `(?:…|…)`, `?`, `{n}` and `{n,m}`, nothing else. A pattern is taken apart by its
derivatives (what may still follow after one digit), each kept once and known by a small integer, so that equal tails
are one node. `owners` then walks the tree of all prefixes for several candidates at once and stops at each prefix
below which the length of a number says whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

NOTHING: Final = 0  # no string at all
EMPTY: Final = 1  # the empty string
ANY_TAIL: Final = 2  # any digits, none included

_Shape = tuple[str, tuple[int, ...]]
_ALL_DIGITS: Final = (1 << 10) - 1


@dataclass
class DigitPatterns:
    """All patterns in use, each distinct one a node; nodes are integers that hold for this object only."""

    _shapes: list[_Shape] = field(default_factory=lambda: [("nothing", ()), ("empty", ()), ("any", ())])
    _ids: dict[_Shape, int] = field(default_factory=dict)
    _steps: dict[tuple[int, int], int] = field(default_factory=dict)

    def _keep(self, shape: _Shape) -> int:
        if shape not in self._ids:
            self._ids[shape] = len(self._shapes)
            self._shapes.append(shape)
        return self._ids[shape]

    def digit(self, mask: int) -> int:
        """One digit out of a set: bit d of `mask` allows the digit d."""
        return self._keep(("digit", (mask,))) if mask else NOTHING

    def then(self, first: int, second: int) -> int:
        """`first` followed by `second`."""
        if NOTHING in {first, second}:
            return NOTHING
        if EMPTY in {first, second}:
            return second if first == EMPTY else first
        kind, parts = self._shapes[first]
        if kind == "then":  # one shape for (ab)c and a(bc)
            return self.then(parts[0], self.then(parts[1], second))
        return self._keep(("then", (first, second)))

    def either(self, choices: Iterable[int]) -> int:
        """Any of `choices`."""
        found: set[int] = set()
        mask = 0
        for choice in choices:
            kind, parts = self._shapes[choice]
            for node in parts if kind == "either" else (choice,):
                if self._shapes[node][0] == "digit":
                    mask |= self._shapes[node][1][0]
                elif node != NOTHING:
                    found.add(node)
        if mask:
            found.add(self.digit(mask))
        if len(found) < 2:
            return found.pop() if found else NOTHING
        return self._keep(("either", tuple(sorted(found))))

    def both(self, one: int, other: int) -> int:
        """What matches `one` and `other`."""
        if NOTHING in {one, other}:
            return NOTHING
        if ANY_TAIL in {one, other}:
            return other if one == ANY_TAIL else one
        return one if one == other else self._keep(("both", (min(one, other), max(one, other))))

    def repeated(self, node: int, least: int, most: int) -> int:
        """`node` from `least` to `most` times."""
        out = EMPTY
        for _ in range(most - least):
            out = self.either((EMPTY, self.then(node, out)))
        for _ in range(least):
            out = self.then(node, out)
        return out

    def accepts(self, node: int) -> bool:
        """Whether the empty string matches."""
        kind, parts = self._shapes[node]
        if kind in {"then", "both"}:
            return self.accepts(parts[0]) and self.accepts(parts[1])
        if kind == "either":
            return any(self.accepts(part) for part in parts)
        return kind in {"empty", "any"}

    def after(self, node: int, digit: int) -> int:
        """What may still follow once `digit` has been read."""
        key = (node, digit)
        if key not in self._steps:
            self._steps[key] = self._after(node, digit)
        return self._steps[key]

    def _after(self, node: int, digit: int) -> int:
        kind, parts = self._shapes[node]
        if kind == "digit":
            return EMPTY if parts[0] >> digit & 1 else NOTHING
        if kind == "either":
            return self.either(self.after(part, digit) for part in parts)
        if kind == "then":
            rest = self.then(self.after(parts[0], digit), parts[1])
            return self.either((rest, self.after(parts[1], digit))) if self.accepts(parts[0]) else rest
        if kind == "both":
            return self.both(self.after(parts[0], digit), self.after(parts[1], digit))
        return ANY_TAIL if kind == "any" else NOTHING

    def read(self, pattern: str) -> int:
        """The node of a written pattern. Raises ValueError where it uses what metadata does not use."""
        reader = _Reader(self, pattern)
        node = reader.choices()
        if reader.at != len(pattern):
            raise ValueError(f"{pattern!r}: cannot read on from place {reader.at}")
        return node

    def matches(self, node: int, digits: str) -> bool:
        """Whether the whole of `digits` matches."""
        for digit in digits:
            node = self.after(node, int(digit))
        return self.accepts(node)


@dataclass
class _Reader:
    """Reads one pattern from left to right; `at` is the next character."""

    patterns: DigitPatterns
    text: str
    at: int = 0

    def _take(self, expected: str) -> bool:
        if self.text.startswith(expected, self.at):
            self.at += len(expected)
            return True
        return False

    def choices(self) -> int:
        out = [self._sequence()]
        while self._take("|"):
            out.append(self._sequence())
        return self.patterns.either(out)

    def _sequence(self) -> int:
        parts: list[int] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self._counted(self._atom()))
        out = EMPTY
        for part in reversed(parts):
            out = self.patterns.then(part, out)
        return out

    def _atom(self) -> int:
        if self._take("(?:") or self._take("("):
            node = self.choices()
            if not self._take(")"):
                raise ValueError(f"{self.text!r}: a bracket stays open")
            return node
        if self._take("\\d"):
            return self.patterns.digit(_ALL_DIGITS)
        if self._take("["):
            return self.patterns.digit(self._set())
        sign = self.text[self.at]
        if not sign.isdigit():
            raise ValueError(f"{self.text!r}: {sign!r} is not read")
        self.at += 1
        return self.patterns.digit(1 << int(sign))

    def _set(self) -> int:
        body, _, _ = self.text[self.at :].partition("]")
        self.at += len(body) + 1
        mask, at = 0, 0
        while at < len(body):
            last = at + 2 if body[at + 1 : at + 2] == "-" else at
            for digit in range(int(body[at]), int(body[last]) + 1):
                mask |= 1 << digit
            at = last + 1
        return mask

    def _counted(self, node: int) -> int:
        if self._take("?"):
            return self.patterns.repeated(node, 0, 1)
        if self._take("{"):
            body, _, _ = self.text[self.at :].partition("}")
            self.at += len(body) + 1
            least, comma, most = body.partition(",")
            return self.patterns.repeated(node, int(least), int(most) if comma else int(least))
        return node


class Candidate(NamedTuple):
    """One of several owners of numbers: a number is its own where `whole` and any of `kinds` match.

    Each is a pair (node, lengths): bit n of `lengths` allows numbers of n digits.
    """

    whole: tuple[int, int]
    kinds: tuple[tuple[int, int], ...]


def starting_with(patterns: DigitPatterns, leading: str, lengths: int) -> Candidate:
    """The owner of every number of such `lengths` that begins with the pattern `leading`, whatever follows."""
    return Candidate((ANY_TAIL, lengths), ((patterns.then(patterns.read(leading), ANY_TAIL), lengths),))


_State = tuple[Candidate | None, ...]
_Owned = frozenset[tuple[int, int]]  # (length of the number, what its owner is called)


@dataclass
class _Walk:
    """States are known by integers, as nodes are: each is left once, and described once a length."""

    patterns: DigitPatterns
    longest: int
    called: Sequence[int]
    states: list[_State] = field(default_factory=list)
    ids: dict[_State, int] = field(default_factory=dict)
    steps: dict[int, tuple[int, ...]] = field(default_factory=dict)
    below: dict[tuple[int, int], _Owned] = field(default_factory=dict)
    tails: dict[tuple[int, int], list[tuple[str, dict[int, int]]]] = field(default_factory=dict)

    def known(self, state: _State) -> int:
        """The integer of a state."""
        if state not in self.ids:
            self.ids[state] = len(self.states)
            self.states.append(state)
        return self.ids[state]

    def after(self, state: int) -> tuple[int, ...]:
        """The states behind a state, digit by digit."""
        if state not in self.steps:
            here = self.states[state]
            self.steps[state] = tuple(
                self.known(tuple(candidate and self._step_one(candidate, digit) for candidate in here))
                for digit in range(10)
            )
        return self.steps[state]

    def _step_one(self, candidate: Candidate, digit: int) -> Candidate | None:
        after = self.patterns.after
        (whole, lengths), kinds = candidate
        whole = after(whole, digit)
        left = tuple((node, allowed) for kind, allowed in kinds if (node := after(kind, digit)) != NOTHING)
        return Candidate((whole, lengths), left) if whole != NOTHING and left else None

    def _matches(self, pair: tuple[int, int], length: int) -> bool:
        return bool(pair[1] >> length & 1) and self.patterns.accepts(pair[0])

    def owner(self, state: int, length: int) -> int | None:
        """What the first candidate is called that owns the number that ends here."""
        for place, candidate in enumerate(self.states[state]):
            if candidate is None or not self._matches(candidate.whole, length):
                continue
            if any(self._matches(kind, length) for kind in candidate.kinds):
                return self.called[place]
        return None

    def owned_below(self, state: int, length: int) -> _Owned:
        """Whose the numbers are that begin with the digits read so far."""
        key = (state, length)
        if key not in self.below:
            here = self.owner(state, length)
            found = set() if here is None else {(length, here)}
            if length < self.longest and any(self.states[state]):
                for behind in self.after(state):
                    found |= self.owned_below(behind, length + 1)
            self.below[key] = frozenset(found)
        return self.below[key]

    def prefixes(self, state: int, length: int) -> list[tuple[str, dict[int, int]]]:
        """What follows the digits read so far, up to each prefix; and whose the numbers are that begin with it."""
        key = (state, length)
        if key not in self.tails:
            owned = self.owned_below(state, length)
            below = dict(owned)
            if len(below) == len(owned):  # one owner a length
                self.tails[key] = [("", below)] if below else []
            else:
                here = self.owner(state, length)
                out: list[tuple[str, dict[int, int]]] = [] if here is None else [("", {length: here})]
                for digit, behind in zip("0123456789", self.after(state), strict=True):
                    out += [(digit + tail, each) for tail, each in self.prefixes(behind, length + 1)]
                self.tails[key] = out
        return self.tails[key]


def owners(
    patterns: DigitPatterns, candidates: Sequence[Candidate], longest: int, called: Sequence[int] = ()
) -> list[tuple[str, dict[int, int]]]:
    """Prefixes of numbers of at most `longest` digits, and whose the numbers are that begin with them.

    Each prefix comes with a dictionary: length of the whole number → what its candidate is `called`, which is its place
    where nothing else is said. Where several candidates own a number, the first does. The longest prefix of a number
    counts; a prefix is as short as can be; prefixes below which nobody owns a number do not appear, and where only some
    numbers of a length are owned, all of them count as owned: a last candidate that owns everything tells them apart.
    """
    names = called or range(len(candidates))
    walk = _Walk(patterns, longest, names)
    return walk.prefixes(walk.known(tuple(candidates)), 0)
