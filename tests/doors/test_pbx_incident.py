"""A hacked PBX as two real programs recorded it: the PBX itself (Asterisk) and the carrier's edge (Kamailio).

Both must tell the same 64 calls; rated, they cost what the tariff says; and the judge holds the line early, and nothing
before there is fraud.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sekisho.bench.traffic import write_csv
from sekisho.core.records.parsed import Tally
from sekisho.core.tables import CALL_FIELDS, CALLS
from sekisho.core.terms.call import Feed
from sekisho.core.terms.instants import SECOND_MS
from sekisho.core.watch.policy import Policy
from sekisho.lab.backtest import backtest
from sekisho.lab.rated_file import write_rated
from sekisho.lab.scoring import score
from sekisho.lab.truth import truth_of
from sekisho.wiring.call_sources import SourceCalls
from sekisho.wiring.tariffs import load_tariff

INCIDENT = Path(__file__).parents[1] / "data" / "pbx-incident"
LINE = "0312000000"
EAGER = Policy(burst_odds_nats=1_000.0)  # nobody calls in honest bursts: few calls lead to an ask and a hold
PARTS = [("normal", 11), ("fraud1_cracked_ext", 40), ("fraud2_disa", 5), ("barred", 8)]
HONEST = "normal"


@dataclass(frozen=True)
class Recording:
    """One program's records, and how they are read."""

    file: str
    source: str | None
    tally: Tally
    line: str | None = None

    def open(self) -> SourceCalls:
        source = str(INCIDENT / self.source) if self.source else None
        return SourceCalls(str(INCIDENT / self.file), source=source, line=self.line)


PBX_TALLY = Tally(rows_in=72, calls=64, merged=8)
EDGE_TALLY = Tally(rows_in=312, calls=64, merged=120, not_a_record=128)
RECORDINGS = {
    "asterisk": Recording("cdr_Master.csv", "asterisk.toml", PBX_TALLY),
    "asterisk, line named": Recording("cdr_Master.csv", None, PBX_TALLY, LINE),
    "kamailio": Recording("kamailio_acc.log", "kamailio.toml", EDGE_TALLY),
    "kamailio, bare": Recording("kamailio_acc.log", None, EDGE_TALLY),
}


@pytest.fixture(params=RECORDINGS)
def name(request):
    return request.param


@cache
def calls_of(name: str) -> list[dict]:
    """The calls in the order in which they began, instants in ms; `place` is a call's place in the file."""
    table = pa.Table.from_batches(list(RECORDINGS[name].open().batches()), CALLS)
    instants = {each: table.column(each).cast(pa.int64()) for each in ("start", "answer", "end")}
    for place, each in enumerate(table.schema.names):
        if each in instants:
            table = table.set_column(place, each, instants[each])
    calls = [call | {"place": place} for place, call in enumerate(table.to_pylist())]
    return sorted(calls, key=lambda call: call["start"])


@cache
def labels_of(name: str) -> dict[str, str]:
    """call_id → part, by order of start and the counts in scenario_times.txt."""
    counts = re.findall(r"^(\w+) rc 0 ok (\d+) failed 0", (INCIDENT / "scenario_times.txt").read_text(), re.MULTILINE)
    parts = [part for part, count in counts for _ in range(int(count))]
    return {call["call_id"]: part for call, part in zip(calls_of(name), parts, strict=True)}


def test_every_row_is_accounted_for(name):
    source = RECORDINGS[name].open()
    calls = sum(batch.num_rows for batch in source.batches())
    assert (calls, source.tally, source.tally.balanced) == (64, RECORDINGS[name].tally, True)
    assert source.reject_lines(1) == []


def test_all_calls_go_out_on_the_line(name):
    calls = calls_of(name)
    assert {(call["line"], call["direction"]) for call in calls} == {(LINE, "out")}
    assert len({call["call_id"] for call in calls}) == 64


def test_both_programs_tell_the_same_calls():
    def in_order(name):
        told = [(call["number"], call["answer"] is not None, call["start"]) for call in calls_of(name)]
        return sorted(told)

    pbx, edge = in_order("asterisk"), in_order("kamailio")
    assert [call[:2] for call in pbx] == [call[:2] for call in edge]
    assert all(abs(mine - other) <= SECOND_MS for (*_, mine), (*_, other) in zip(pbx, edge, strict=True))


def test_the_labels_are_those_of_the_scenario(name):
    labels = labels_of(name)
    assert [(part, list(labels.values()).count(part)) for part, _ in PARTS] == PARTS
    told = [
        (labels[call["call_id"]], call["number"][:3] == "010", call["answer"] is not None) for call in calls_of(name)
    ]
    assert {each for each in told if each[0] != HONEST} == {
        ("fraud1_cracked_ext", True, True),
        ("fraud2_disa", True, True),
        ("barred", True, False),
    }
    assert sum(abroad for part, abroad, _ in told if part == HONEST) == 1


def test_answered_calls_are_charged_and_refused_ones_free(name, tmp_path):
    source, path = RECORDINGS[name].open(), str(tmp_path / "rated.parquet")
    write_rated(source.batches(), load_tariff(), source.profile.company, path, as_csv=False, progress=lambda _: None)
    rated = pq.read_table(path).to_pylist()
    labels = labels_of(name)
    at_home = [call["charge_milliyen"] for call in rated if call["class"] == "fixed"]
    assert at_home == [8_000] * 10
    abroad = [call for call in rated if call["class"] == "international"]
    answered = [call for call in abroad if call["answer"] is not None]
    assert (len(abroad), len(answered)) == (54, 46)
    assert all(call["charge_milliyen"] > 0 and call["units"] == 1 for call in answered)
    refused = [call for call in abroad if call["answer"] is None]
    assert {labels[call["call_id"]] for call in refused} == {"barred"}
    assert [call["charge_milliyen"] for call in refused] == [0] * 8
    assert sum(call["charge_milliyen"] for call in rated) == 9_039_000


def judged(name: str, feed: Feed, policy: Policy = EAGER):
    source = RECORDINGS[name].open()
    return backtest(source.batches(), load_tariff(), policy, feed, source.profile.company)


def bars_of(run):
    """(instant, call_id, line) of every ask and hold."""
    rows = run.verdicts.set_column(4, "at", run.verdicts.column("at").cast(pa.int64())).to_pylist()
    return [(row["at"], row["call_id"], row["line"]) for row in rows if row["action"] in ("ask", "hold")]


@pytest.mark.parametrize("feed", Feed, ids=lambda feed: feed.name.lower())
def test_the_line_is_held_by_the_fifth_fraudulent_attempt_and_nothing_is_said_before_fraud(name, feed):
    told_at = "start" if feed == Feed.LIVE else "end"
    labels = labels_of(name)
    # A PBX writes whole seconds: what happens in the same one is told in the order of the file.
    told = sorted(calls_of(name), key=lambda call: (call[told_at], call["place"]))
    fraud = [call["call_id"] for call in told if labels[call["call_id"]] != HONEST]
    bars = bars_of(judged(name, feed))
    assert {(call_id in fraud, line) for _, call_id, line in bars} == {(True, LINE)}
    assert min(fraud.index(call_id) + 1 for _, call_id, _ in bars) <= 5
    begun = min(call[told_at] for call in told if call["call_id"] in fraud)
    assert all(instant >= begun for instant, _, _ in bars)


def test_what_the_hold_was_worth():
    nobody_asked = replace(EAGER, ask_nats=EAGER.hold_nats)
    run, labels = judged("kamailio", Feed.LIVE, nobody_asked), labels_of("kamailio")
    truth = {call_id: ("pbx", part) for call_id, part in labels.items() if part != HONEST}
    result = score(run, truth_of(truth), load_tariff().prices)
    assert {each.kind: (each.calls, each.at_stake) for each in result.incidents} == {
        "fraud1_cracked_ext": (40, 8_200_000),
        "fraud2_disa": (5, 750_000),
        "barred": (8, 0),
    }
    # One call to a satellite had begun, and its first minute with it; the second is held as it begins.
    assert {each.kind: each.lost for each in result.incidents if each.lost} == {"fraud1_cracked_ext": 700_000}
    assert (result.false_holds, result.false_asks, result.line_days) == (0, 0, 1)


@pytest.mark.parametrize("feed", Feed, ids=lambda feed: feed.name.lower())
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_as_canonical_records_the_calls_are_judged_alike(tmp_path, ending, feed):
    path = str(tmp_path / f"calls.{ending}")
    table = pa.Table.from_batches(list(RECORDINGS["kamailio"].open().batches()), CALLS)
    table = table.select([field.name for field in CALL_FIELDS])
    if ending == "csv":
        write_csv(table, path)
    else:
        pq.write_table(table, path)
    source = SourceCalls(path)
    again = backtest(source.batches(), load_tariff(), EAGER, feed, "east")
    assert source.tally == Tally(rows_in=64, calls=64)
    assert again.verdicts.to_pylist() == judged("kamailio", feed).verdicts.to_pylist()
