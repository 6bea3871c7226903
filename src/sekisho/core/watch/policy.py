"""What the watch is set to. A policy is data; its version is a hash of it, and part of every verdict id."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, SECOND_MS
from sekisho.core.watch.calendar import CALENDAR_DAYS, PARTS, japanese_holidays
from sekisho.core.watch.scorecard import Scorecard

MODEL = "episodes-4"  # the name of the model the kernel computes; part of the version
SEGMENTS: Final = 4  # of lines: new, rarely abroad, now and then, daily (habit.segment_of)
Thresholds = tuple[float, float, float, float]  # nats, by segment


@dataclass(frozen=True, slots=True)
class Policy:
    """Every number the watch can be set to, with its default. Rates are calls an hour, money milli-yen."""

    # Honest international calls an hour of a line nobody has seen yet, by part of the week (business, shoulder, night,
    # weekend), and how many hours of watching that guess is worth.
    honest_rate: tuple[float, float, float, float] = (0.02, 0.006, 0.001, 0.003)
    honest_rate_hours: float = 200.0
    forget_days: float = 45.0  # an old call counts 1/e after this long
    # Two thieves: one pumps as fast as the channels allow, one rings a few times an hour all night. And their rival, an
    # odd but honest burst: a project, redials, a broadcast.
    thief_rate_fast: float = 60.0
    thief_rate_slow: float = 3.0
    burst_rate: float = 12.0
    burst_odds_nats: float = 3.0  # how rare such a burst is, beside ordinary calling
    # Chance that an honest call goes to a country this line has not rung before, as calls' worth of doubt.
    new_country_doubt: float = 1.0
    thief_countries: float = 240.0  # a thief picks among this many countries
    redial_nats: float = 2.0  # most that dialling the very same number again may add
    call_nats: float = 8.5  # most that one call may add: whatever it is, one call alone is not an attack
    learn_nats: float = 6.0  # above this score nothing is learnt
    probation_hours: float = 36.0  # a new destination teaches only after this long
    # What is said from which score on, in nats, by segment of lines.
    ask_nats: Thresholds = (13.0, 12.5, 12.0, 12.0)
    hold_nats: Thresholds = (19.0, 18.5, 18.0, 18.0)
    alert_nats: float = 9.0
    threshold_shift: float = 0.0  # added to the thresholds of ask and hold: one knob for a curve
    wide_nats: float = 3.0  # so far above its threshold a hold is on all international calls, not on a destination
    hold_hours: float = 4.0  # DESIGN §10: an ask or a hold lasts four hours unless renewed
    renew_minutes: float = 15.0  # a suspect call renews it when no more than this is left
    raised_hours: float = 168.0  # so long after a hold ...
    raised_nats: float = 2.0  # ... the thresholds of its line are lower by this, and ...
    spared_nats: float = 0.0  # ... that of a hold is higher by this: an ask stops a thief as well
    learn_suspects: bool = True  # what made a line suspect counts against others
    alert_every_s: float = 60.0  # an open alert is updated at most this often
    automatic_hold: bool = True  # terms with an automatic-hold clause, where a line says nothing else
    # The notice's rule: all charges of the month ≥ multiple x last month's, and not below the floor.
    month_multiple: float = 3.0
    month_floor: int = 5_000_000
    month_new_customer: int = 20_000_000  # stands for last month where there was none, or nothing was charged
    month_unknown_customer: int = 200_000_000  # the same of a customer who may have been there before the watch was
    settling_days: float = 31.0  # so long after the watch's first event a customer it meets may be an old one
    # The same on international charges alone.
    international_multiple: float = 3.0
    international_floor: int = 5_000_000
    international_new_customer: int = 5_000_000
    international_unknown_customer: int = 50_000_000
    # Earlier in a month: charges ≥ multiple x last month's up to the same days, ≥ whole x all of last month's, ≥ floor.
    same_day_multiple: float = 3.0
    same_day_whole: float = 1.0
    same_day_floor: int = 10_000_000
    # What a contract agrees on where nobody has said anything else; 0 or nothing = no such limit.
    daily_limit: int = 0
    monthly_limit: int = 0
    international_monthly_limit: int = 0
    price_ceiling: int = 0  # milli-yen a minute
    concurrent_calls: int = 0
    allowed_countries: tuple[str, ...] = ()  # ISO 3166 alpha-2, or a global service: +882
    cut_lead_ms: int = 1_000  # so long before a unit begins a limit asks for the cut
    longest_call_hours: float = 24.0  # a call whose end has not come then has ended, for all we know
    scorecard: Scorecard | None = None  # trained trees; None: the label-free score decides

    @property
    def version(self) -> str:
        """Twelve hex digits that change whenever any number of the policy, or the model, does."""
        numbers = [getattr(self, each.name) for each in fields(self) if each.name != "scorecard"]
        trees = self.scorecard.version if self.scorecard is not None else ""
        return hashlib.sha256(f"{MODEL}{numbers!r}{trees}".encode()).hexdigest()[:12]


DIALS: Final = np.dtype(
    [
        ("prior_rate", np.float64, (PARTS,)),
        ("prior_ms", np.float64),
        ("forget_ms", np.float64),
        ("thief_fast", np.float64),
        ("thief_slow", np.float64),
        ("burst", np.float64),
        ("burst_odds_nats", np.float64),
        ("new_country_doubt", np.float64),
        ("thief_countries", np.float64),
        ("redial_nats", np.float64),
        ("call_nats", np.float64),
        ("alert_nats", np.float64),
        ("ask_nats", np.float64, (SEGMENTS,)),
        ("hold_nats", np.float64, (SEGMENTS,)),
        ("wide_nats", np.float64),
        ("prior_nats", np.float64),  # of the scorecard
        ("untaught_hot", np.float64),  # 1 = its trees do not ask for hot lists, so that they count beside it
        ("untaught_signal", np.float64),
        ("raised_nats", np.float64),
        ("spared_nats", np.float64),
        ("learn_nats", np.float64),
        ("month_multiple", np.float64),
        ("international_multiple", np.float64),
        ("same_day_multiple", np.float64),
        ("same_day_whole", np.float64),
        ("learn_suspects", np.int64),
        ("probation_ms", np.int64),
        ("hold_ms", np.int64),
        ("renew_ms", np.int64),
        ("raised_ms", np.int64),
        ("alert_every_ms", np.int64),
        ("month_floor", np.int64),
        ("month_new_customer", np.int64),
        ("month_unknown_customer", np.int64),
        ("settling_ms", np.int64),
        ("international_floor", np.int64),
        ("international_new_customer", np.int64),
        ("international_unknown_customer", np.int64),
        ("same_day_floor", np.int64),
        ("cut_lead_ms", np.int64),
        ("longest_ms", np.int64),
        ("closed", np.uint8, (CALENDAR_DAYS,)),  # 1 on days off, from calendar.FIRST_DAY on
    ],
    align=True,
)
Dials = Any  # one record of DIALS inside a kernel


def dials(policy: Policy) -> npt.NDArray[np.void]:
    """The policy for the kernel: one record of DIALS; times in ms, rates a ms."""
    record, card = np.zeros(1, DIALS), policy.scorecard
    values: dict[str, Any] = {
        "prior_rate": np.array(policy.honest_rate) / HOUR_MS,
        "prior_ms": policy.honest_rate_hours * HOUR_MS,
        "forget_ms": policy.forget_days * 24 * HOUR_MS,
        "thief_fast": policy.thief_rate_fast / HOUR_MS,
        "thief_slow": policy.thief_rate_slow / HOUR_MS,
        "burst": policy.burst_rate / HOUR_MS,
        "ask_nats": np.array(policy.ask_nats) + policy.threshold_shift,
        "hold_nats": np.array(policy.hold_nats) + policy.threshold_shift,
        "prior_nats": card.prior if card is not None else 0.0,
        "untaught_hot": card is not None and not card.asks_for("hot"),
        "untaught_signal": card is not None and not card.asks_for("signal"),
        "renew_ms": int(policy.renew_minutes * MINUTE_MS),
        "probation_ms": int(policy.probation_hours * HOUR_MS),
        "hold_ms": int(policy.hold_hours * HOUR_MS),
        "raised_ms": int(policy.raised_hours * HOUR_MS),
        "settling_ms": int(policy.settling_days * 24 * HOUR_MS),
        "longest_ms": int(policy.longest_call_hours * HOUR_MS),
        "alert_every_ms": int(policy.alert_every_s * SECOND_MS),
        "closed": japanese_holidays(),
    }
    for name in DIALS.names or ():
        record[name] = values[name] if name in values else getattr(policy, name)
    return record
