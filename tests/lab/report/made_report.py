"""A report made by hand: two kinds of attack, every rule beside them, a curve of three settings, a short replay."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.worked_calls import PRICES, at, backtested, call

from sekisho.core.terms.destination import country_code
from sekisho.lab.compare.table import compare
from sekisho.lab.report.curve import CurvePoint
from sekisho.lab.report.page import About, Report
from sekisho.lab.report.replay import Evidence, Replay, Said, Step
from sekisho.lab.scoring import labelled, score
from sekisho.lab.truth import truth_of

ABOUT = About(["calls.parquet"], 1_234_567, 23_456, "live", 456_789.0, "0123456789ab", "feedbeef" * 8 + ", seed 3")


def traffic():
    """(run, truth): floods that are held soon, one slow incident that nobody notices, honest calls, a false hold."""
    calls, told, bars = {}, {}, [(90, at("24 09:00:00"), "hold"), (91, at("24 09:00:00"), "ask", "1 44")]
    for line in range(1, 9):
        for place in range(12):
            name, when = f"f{line}-{place}", f"24 12:00:{4 * place:02d}"
            calls[name] = call(line, when, when, f"24 12:10:{4 * place:02d}", 1_750)
            told[name] = (f"flood-{line:03d}", "flood")
        bars.append((line, at("24 12:00:00") + line * line * 700, "hold"))
    for day in range(10, 20):
        calls[f"s{day}"] = call(20, f"{day} 02:00:00", f"{day} 02:00:00", f"{day} 02:59:00", 10_325)
        told[f"s{day}"] = ("slow-001", "slow")
    for line in range(30, 92):
        calls[f"h{line}"] = call(line, "24 09:30:00", "24 09:30:09", "24 09:31:00", 9, to="12125550100", country="US")
    return backtested(calls, bars), truth_of(told)


def steps():
    """An honest call, one that was alerted, one that was cut, two that a hold stopped."""
    first = Step(
        at=at("24 12:00:00"),
        number="2327600****",
        country=country_code("SL"),
        a_minute=175_000,
        talk_ms=65_000,
        fraud=True,
        score=8.5,
        evidence=(Evidence("rate", 6.0), Evidence("country", 3.5), Evidence("price", -1.0)),
        said=(Said("alert", "international"),),
        charge=350_000,
        cost=350_000,
        begun=0,
        cut=False,
    )
    honest = replace(first, at=at("23 10:00:00"), fraud=False, score=None, evidence=(), said=(), country=0)
    cut = replace(first, cost=175_000, cut=True, said=(Said("ask", "232 220"), Said("hold", "international")))
    stopped = replace(first, cost=0, begun=3, said=(), score=None, evidence=())
    return (honest, first, cut, stopped, replace(stopped, talk_ms=None, charge=0))


def report() -> Report:
    """Everything at once."""
    run, truth = traffic()
    own = score(run, truth, PRICES)
    compared = compare(run.calls, own, labelled(run, truth), PRICES)
    curve = [
        CurvePoint(-2.0, replace(own, false_holds=40, incidents=own.incidents[:-1])),
        CurvePoint(0.0, own),
        CurvePoint(2.0, replace(own, false_holds=0, false_asks=0)),
    ]
    return Report(ABOUT, own, compared, curve, Replay(own.incidents[0], steps(), 7))
