"""What a backtest was worth, beside other rules and as a report: the work behind `--truth`, `--compare`, `--report`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sekisho.cli.backtest_calls import Judged
from sekisho.cli.screen import whole_file
from sekisho.lab.backtest import Backtest
from sekisho.lab.bars import bars_of
from sekisho.lab.compare.table import Compared, compared_figures
from sekisho.lab.compare.table import compare as compare_all
from sekisho.lab.kinds import score_figures
from sekisho.lab.report.curve import CurvePoint, curve_points, point_figures, shifted
from sekisho.lab.report.page import About, Report, report_page
from sekisho.lab.report.replay import Replay, replay, speaking, worth_following
from sekisho.lab.scoring import Score, labelled, worth
from sekisho.lab.simulated import simulator_of
from sekisho.lab.truth import Truth


class Worth:
    """The worth of one judged run: its score, and with `compare` every rule's on the same calls."""

    def __init__(self, judged: Judged, truth: Truth, truth_path: str, *, compare: bool) -> None:
        self.judged, self.truth = judged, truth
        self.prices = judged.recorded.tariff.prices
        self.simulator = simulator_of(truth_path)
        told = labelled(judged.run, truth)
        self.score: Score = worth(told, bars_of(judged.run), self.prices)
        self.compared: list[Compared] = compare_all(judged.run.calls, self.score, told, self.prices) if compare else []
        self.curve: list[CurvePoint] = []

    def figures(self) -> dict[str, Any]:
        """The score, the comparison and the curve, as far as there are any, for JSON."""
        told: dict[str, Any] = {"simulator": self.simulator, "score": score_figures(self.score, incidents=True)}
        if self.compared:
            told["compare"] = [compared_figures(row) for row in self.compared]
        if self.curve:
            told["curve"] = [point_figures(point) for point in self.curve]
        return told

    def write_report(self, path: str, language: str, offsets: Sequence[float]) -> None:
        """Run the curve and the replay, and write the page; the figures hold the curve from now on."""
        self.curve = curve_points(self._run_at, offsets, self._score_of)
        judged, run = self.judged, self.judged.run
        about = About(
            files=[file.file.name for file in judged.files],
            calls=int(run.calls.size),
            international=run.international,
            feed=judged.recorded.feed.name.lower(),
            calls_per_s=run.rows / judged.seconds,
            policy_version=judged.policy.version,
            simulator=self.simulator,
        )
        page = report_page(Report(about, self.score, self.compared, self.curve, self._replay()), language)
        with whole_file(path) as draft:
            draft.write_text(page, encoding="utf-8")

    def _run_at(self, offset: float) -> Backtest:
        if offset == 0:
            return self.judged.run
        return self.judged.recorded.judge(shifted(self.judged.policy, offset)).run

    def _score_of(self, run: Backtest) -> Score:
        return self.score if run is self.judged.run else worth(labelled(run, self.truth), bars_of(run), self.prices)

    def _replay(self) -> Replay | None:
        incident = worth_following(self.score.incidents)
        if incident is None:
            return None
        run, policy = self.judged.run, speaking(self.judged.policy)

        def line_again(line: int) -> Backtest:
            return self.judged.recorded.judge_line(policy, run.lines.text(line))

        return replay(run, self.truth, incident, self.prices, line_again)
