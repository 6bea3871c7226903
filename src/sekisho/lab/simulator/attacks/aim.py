"""What a thief rings: number blocks, mostly off the lists that go round, mostly dear, about half unallocated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sekisho.lab.simulator.attacks.scene import Scene
from sekisho.lab.simulator.byte_rows import Words
from sekisho.lab.simulator.chance import I64, picked

SLOW_YEN: Final = (15.0, 61.0)
_SIZES: Final = (1, 10, 100, 1_000, 10_000)
_SIZE_SHARES: Final = (0.2, 0.3, 0.3, 0.15, 0.05)


@dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """Blocks of numbers: country, first number, how many follow."""

    country: I64
    head: Words
    size: I64

    def numbers(self, rng: np.random.Generator, count: int, stick: float = 0.0) -> Words:
        """Numbers in the order in which they are rung; with chance `stick` the one before is rung again."""
        block = rng.integers(0, len(self.head), count)
        number = self.head[block] + (rng.random(count) * self.size[block]).astype(np.uint64)
        kept = np.where(rng.random(count) < stick, 0, np.arange(count))
        return number[np.maximum.accumulate(kept)]


def fresh_block(scene: Scene, country: int, size: int, *, unallocated: bool) -> tuple[int, int]:
    """(first number, size) of a block in a country that nobody's list holds."""
    word = scene.rng.integers(0, 1 << 63, 1, dtype=np.uint64)
    number = int(scene.countries.numbers(np.array([country]), word, unallocated=unallocated)[0])
    return number // size * size, size


def aim_at(scene: Scene, country: int, blocks: int = 1) -> Aim:
    """Fresh blocks in one country; about half are unallocated."""
    rng = scene.rng
    found = [
        fresh_block(scene, country, int(rng.choice(_SIZES, p=_SIZE_SHARES)), unallocated=bool(rng.random() < 0.5))
        for _ in range(blocks)
    ]
    return Aim(
        np.full(blocks, country),
        np.array([head for head, _ in found], np.uint64),
        np.array([size for _, size in found], np.int64),
    )


def _listed(scene: Scene) -> Aim:
    """A block off the world's lists."""
    listed = scene.world.blocks
    row = picked(listed.steps, scene.rng.random(1))
    return Aim(listed.country[row], listed.head[row], listed.size[row])


def pumped_country(scene: Scene) -> int:
    """A country as thieves of this world choose it."""
    return int(picked(scene.world.attack_steps, scene.rng.random(1))[0])


def medium_country(scene: Scene) -> int:
    """A country of medium price."""
    low, high = SLOW_YEN
    rows = np.flatnonzero((scene.countries.yen >= low) & (scene.countries.yen <= high))
    return int(scene.rng.choice(rows))


def take_aim(scene: Scene, blocks: int = 1) -> Aim:
    """Blocks of one to a few countries, off the lists or fresh."""
    parts: list[Aim] = []
    for _ in range(blocks):
        if scene.rng.random() < scene.world.shared_blocks:
            parts.append(_listed(scene))
        elif parts and scene.rng.random() < 0.6:
            parts.append(aim_at(scene, int(parts[-1].country[0])))
        else:
            parts.append(aim_at(scene, pumped_country(scene)))
    return Aim(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("country", "head", "size")))
