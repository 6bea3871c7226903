"""Recorded calls as `sekisho backtest` judges them: once for its verdicts, and again for a curve or for one line."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sekisho.cli.backtest_told import said_counts
from sekisho.cli.screen import progress, whole_file
from sekisho.core.rating.tariff import Tariff
from sekisho.core.terms.call import Feed
from sekisho.core.terms.errors import BadSetting
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.watch.policy import Policy
from sekisho.lab.backtest import Backtest, backtest
from sekisho.lab.bars_file import bars_csv
from sekisho.lab.truth import Truth
from sekisho.wiring.call_sources import SourceCalls

SCHEMA = "sekisho-backtest-1"  # of the file of figures; docs/lab/backtest.md names its fields


@dataclass(frozen=True, slots=True)
class RecordedCalls:
    """Files of calls of one company, and how they are read, rated and seen."""

    paths: Sequence[str]
    format: str | None
    source: str | None
    line: str | None
    tariff: Tariff
    feed: Feed
    hot: Collection[str] = ()  # numbers known for fraud
    truth: Truth | None = None  # whose calls are not in it knows the PIN

    def open(self) -> list[SourceCalls]:
        """The files, ready to be read once. Raises BadSetting where they belong to several companies."""
        files = [SourceCalls(path, self.format, self.source, line=self.line) for path in self.paths]
        companies = {file.profile.company for file in files}
        if len(companies) > 1:
            raise BadSetting(f"the files belong to {', '.join(sorted(companies))}: a backtest is of one company")
        return files

    def judge(self, policy: Policy, bars: str | None = None) -> Judged:
        """The kernel over all calls, timed with its file of asks and holds, where one is wanted."""
        files = self.open()
        with progress("judging") as tell:
            begun = time.perf_counter()
            expected = sum(file.expected_rows for file in files)
            run = backtest(
                _batches(files),
                self.tariff,
                policy,
                self.feed,
                self._company(files),
                tell,
                expected,
                hot=self.hot,
                truth=self.truth,
            )
            if bars is not None:
                with whole_file(bars) as draft:
                    draft.write_text(bars_csv(run.verdicts), encoding="utf-8")
            seconds = time.perf_counter() - begun
        return Judged(self, policy, run, files, seconds)

    def judge_line(self, policy: Policy, line: str) -> Backtest:
        """The kernel over the calls of one line, written as the input first wrote it."""
        files = self.open()
        batches = (_of_line(batch, line) for batch in _batches(files))
        company = self._company(files)
        return backtest(batches, self.tariff, policy, self.feed, company, hot=self.hot, truth=self.truth)

    def _company(self, files: Sequence[SourceCalls]) -> str:
        return files[0].profile.company


@dataclass(frozen=True, slots=True)
class Judged:
    """A run over recorded calls: with which policy, from which files, in how many seconds."""

    recorded: RecordedCalls
    policy: Policy
    run: Backtest
    files: Sequence[SourceCalls]
    seconds: float

    def figures(self) -> dict[str, Any]:
        """What was run and said, for JSON."""
        run = self.run
        return {
            "schema": SCHEMA,
            "run": {
                "files": [file.file.name for file in self.files],
                "feed": self.recorded.feed.name.lower(),
                "policy_version": self.policy.version,
                "rows": run.rows,
                "calls": int(run.calls.size),
                "merged": run.merged,
                "duplicates": run.duplicates,
                "refused": run.refused,
                "international": run.international,
                "charged": run.charged,
                "charge_yen": run.charge_milliyen / MILLIYEN,
                "seconds": self.seconds,
                "calls_per_s": run.rows / self.seconds,
                "said": said_counts(run),
            },
        }


def _batches(files: Sequence[SourceCalls]) -> Iterator[pa.RecordBatch]:
    """The calls of all files. Nothing of their provenance is kept, so they are not hashed."""
    for file in files:
        yield from file.batches(hashed=False, words=True)


def _of_line(batch: pa.RecordBatch, line: str) -> pa.RecordBatch:
    """The rows of a line, which may be written as `0312345678` and as `+81312345678`."""
    national = f"0{line.removeprefix('+81')}" if line.startswith("+81") else line
    texts = pa.array([national, f"+81{national[1:]}", f"81{national[1:]}"], pa.string())
    return batch.filter(pc.is_in(batch.column("line").cast(pa.string()), value_set=texts))
