"""The recorded incident, judged call by call: what happened, what the judge said, what it would have saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from sekisho.core.numbering.plan import build_plan, resolve
from sekisho.core.rating.tariff import Tariff
from sekisho.core.terms.call import Feed
from sekisho.core.terms.destination import DestinationClass
from sekisho.core.terms.instants import NEVER
from sekisho.core.watch.policy import Policy
from sekisho.lab.backtest import backtest
from sekisho.wiring.call_sources import SourceCalls

INCIDENT: Final = Path(__file__).parents[3] / "tests" / "data" / "pbx-incident"
# The recording's parts in the order of time, with the number of calls in each (scenario_times.txt).
PARTS: Final = (("normal", 11), ("fraud1_cracked_ext", 40), ("fraud2_disa", 5), ("barred", 8))


@dataclass(frozen=True, slots=True)
class Moment:
    """One call as the judge met it; money in milli-yen. `verdicts`: the rows of VERDICTS that speak of this call."""

    start: int
    part: str
    line: str
    number: str
    class_: DestinationClass
    country: str
    answered: bool
    charge: int
    spent: int  # of the line, with this call
    verdicts: tuple[dict[str, Any], ...]
    stopped: bool  # it would not have got through: a hold was in force

    @property
    def held(self) -> bool:
        """Whether the judge held the line at this call."""
        return any(verdict["action"] == "hold" for verdict in self.verdicts)


@dataclass(frozen=True, slots=True)
class Replay:
    """The incident: its calls in order; milli-yen they cost, and would have cost with the hold."""

    moments: list[Moment]
    cost: int
    cost_with_hold: int


def replay(tariff: Tariff, policy: Policy, folder: Path = INCIDENT) -> Replay:
    """Judge the incident's calls as the carrier's edge recorded them. Raises BadCallFile where they are not there."""
    source = SourceCalls(str(folder / "kamailio_acc.log"), source=str(folder / "kamailio.toml"))
    batches = list(source.batches())
    run = backtest(batches, tariff, policy, Feed.LIVE, source.profile.company)
    rows = {row["call_id"]: row for row in pa.Table.from_batches(batches).to_pylist()}
    verdicts: dict[str, list[dict[str, Any]]] = {}
    for verdict in run.verdicts.to_pylist():
        verdicts.setdefault(verdict["call_id"], []).append(verdict)
    at = run.verdicts.column("at").cast(pa.int64()).to_pylist()
    actions = run.verdicts.column("action").cast(pa.string()).to_pylist()
    held = [instant for instant, action in zip(at, actions, strict=True) if action == "hold"]
    parts = [name for name, count in PARTS for _ in range(count)]
    call_ids, plan = run.call_ids.to_pylist(), build_plan()
    moments: list[Moment] = []
    for place, index in enumerate(np.argsort(run.calls["start"], kind="stable").tolist()):
        call, row = run.calls[index], rows[call_ids[index]]
        found = resolve(plan, row["number"], row["line"])
        start, charge = int(call["start"]), int(call["charge"])
        moments.append(
            Moment(
                start=start,
                part=parts[place] if place < len(parts) else "",
                line=row["line"],
                number=row["number"],
                class_=found.class_,
                country=found.country,
                answered=bool(call["answer"] != NEVER),
                charge=charge,
                spent=charge + (moments[-1].spent if moments else 0),
                verdicts=tuple(verdicts.get(call_ids[index], ())),
                stopped=bool(call["international"])
                and any(0 < start - hold < policy.hold_hours * 3.6e6 for hold in held),
            )
        )
    kept = sum(moment.charge for moment in moments if not moment.stopped)
    return Replay(moments, moments[-1].spent if moments else 0, kept)
