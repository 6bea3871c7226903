"""Nothing but calling tells a thief: no identifier, no rounding, no pattern of milliseconds, ring times, causes, forms.

Each check compares honest calls with fraudulent ones and returns its statistic over its limit: above 1 is a leak. The
limits are generous (a true law crosses them about once in a million); the seeds are fixed. The second half of the file
puts a leak into the same calls, and every check must see its own.
"""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

KS_LIMIT = 2.9  # of D · sqrt(n m / (n + m)): P < 1e-7
CHI_LIMIT = 5.5  # of (chi² - degrees) / sqrt(2 degrees)
FORM_LIMIT = 0.06  # mean difference, over lines, of the share of calls that are not dialled with a plain 010
MOST = 60_000
SECOND_MS = 1_000


def ks(honest, fraud):
    """The Kolmogorov-Smirnov distance of two samples, scaled by their sizes, over its limit."""
    honest, fraud = np.sort(honest[:MOST]), np.sort(fraud[:MOST])
    at = np.concatenate([honest, fraud])
    gap = np.searchsorted(honest, at, side="right") / len(honest) - np.searchsorted(fraud, at, side="right") / len(
        fraud
    )
    size = len(honest) * len(fraud) / (len(honest) + len(fraud))
    return np.abs(gap).max() * np.sqrt(size) / KS_LIMIT


def chi_square(honest, fraud):
    """How unlike the shares of two lists of words are, over its limit."""
    words = sorted(set(honest.tolist()) | set(fraud.tolist()))
    seen = np.array([[(part == word).sum() for word in words] for part in (honest, fraud)], float)
    seen = seen[:, seen.sum(axis=0) >= 10]
    expected = seen.sum(axis=1, keepdims=True) * seen.sum(axis=0) / seen.sum()
    degrees = max(seen.shape[1] - 1, 1)
    return (((seen - expected) ** 2 / expected).sum() - degrees) / np.sqrt(2 * degrees) / CHI_LIMIT


def parts(rows, wanted, values):
    """(honest, fraud) values of the wanted calls abroad, in an order that has nothing to do with time."""
    order = np.random.default_rng(0).permutation(np.flatnonzero(wanted & rows.abroad))
    return values[order][~rows.fraud[order]], values[order][rows.fraud[order]]


def below_the_second(name):
    return lambda rows: ks(*parts(rows, rows.answered, getattr(rows, name) % SECOND_MS))


def length_below_the_second(rows):
    return ks(*parts(rows, rows.answered, (rows.end - rows.answer) % SECOND_MS))


def ring_of_answered(rows):
    return ks(*parts(rows, rows.answered, rows.answer - rows.start))


def ring_by_cause(rows):
    """The largest over the causes of unanswered calls."""
    causes = [
        cause for cause in np.unique(rows.cause[~rows.answered]) if (rows.fraud & (rows.cause == cause)).sum() > 50
    ]
    assert len(causes) > 3
    return max(ks(*parts(rows, rows.cause == cause, rows.end - rows.start)) for cause in causes)


def causes(rows):
    return chi_square(*parts(rows, ~rows.answered, rows.cause))


def id_digits(rows):
    """The largest over the hex digits of a call_id."""
    digits = np.array([list(each.replace("-", "")) for each in rows.call_id])
    return max(chi_square(*parts(rows, rows.abroad, digits[:, place])) for place in range(digits.shape[1]))


def id_order(rows):
    return ks(*parts(rows, rows.abroad, np.array([int(each[:8], 16) for each in rows.call_id])))


def lengths_that_stand_out(rows):
    """The most frequent whole second among long talks, over twice what the honest ones show."""
    seconds = np.where(rows.answered, (rows.end - rows.answer) // SECOND_MS, 0)
    honest, fraud = parts(rows, seconds > 600, seconds)
    return np.bincount(fraud).max() / len(fraud) / (2 * np.bincount(honest).max() / len(honest) + 8 / len(fraud))


FORM = re.compile(r"(\+|184|186|122|00\d\d|009130|001|010)")


def forms(rows):
    """On lines of victims: a thief dials as the line does, but for the kind that is told by it."""
    own = np.isin(rows.line, np.unique(rows.line[rows.fraud]))
    form = np.array([FORM.match(each).group() if FORM.match(each) else "" for each in rows.number])
    honest, fraud = parts(rows, own & (rows.kind != "dialling"), form)
    lines_honest, lines_fraud = parts(rows, own & (rows.kind != "dialling"), rows.line)
    seen, counts = np.unique(lines_honest, return_counts=True)
    attacked, attacks = np.unique(lines_fraud, return_counts=True)
    both = np.intersect1d(seen[counts >= 20], attacked[attacks >= 20])
    assert len(both) > 20
    gaps = [
        abs(np.mean(fraud[lines_fraud == line] != "010") - np.mean(honest[lines_honest == line] != "010"))
        for line in both
    ]
    return float(np.mean(gaps)) / FORM_LIMIT


def sources(rows):
    """Every line has one source, whoever calls."""
    source = np.array(rows.simulation.calls.column("source").cast("string").to_pylist())
    return (
        float(max(len(np.unique(source[rows.line == line])) for line in np.unique(rows.line[rows.fraud])[:60]) - 1) * 2
    )


def charged_duration(rows):
    """`talk_ms` stands where the source writes it, for everybody."""
    known = np.array(rows.simulation.calls.column("talk_ms").is_valid())
    source = np.array(rows.simulation.calls.column("source").cast("string").to_pylist())
    shares = [known[(source == each) & rows.answered & rows.fraud].mean() for each in np.unique(source)]
    honest = [known[(source == each) & rows.answered & ~rows.fraud].mean() for each in np.unique(source)]
    return float(np.abs(np.array(shares) - honest).max()) * 100


CHECKS = {
    "start below the second": below_the_second("start"),
    "answer below the second": below_the_second("answer"),
    "end below the second": below_the_second("end"),
    "length below the second": length_below_the_second,
    "lengths that stand out": lengths_that_stand_out,
    "ring time of answered calls": ring_of_answered,
    "ring time by cause": ring_by_cause,
    "causes of unanswered calls": causes,
    "digits of the call_id": id_digits,
    "order of the call_id": id_order,
    "forms of dialling": forms,
    "sources": sources,
    "charged duration": charged_duration,
}


@pytest.mark.parametrize("name", CHECKS)
def test_nothing_leaks(rows, name):
    assert CHECKS[name](rows) < 1


def changed(rows, **columns):
    """The same calls with columns changed where they are fraud (and abroad)."""
    here = rows.fraud & rows.abroad
    new = {name: np.where(here, value, getattr(rows, name)) for name, value in columns.items()}
    return dataclasses.replace(rows, **new)


def whole(instants):
    return instants // SECOND_MS * SECOND_MS


def leaky(rows, name):
    """The calls with one leak."""
    ring = rows.answer - rows.start
    return {
        "start below the second": lambda: changed(rows, start=whole(rows.start)),
        "answer below the second": lambda: changed(rows, answer=whole(rows.answer)),
        "end below the second": lambda: changed(rows, end=whole(rows.end)),
        "length below the second": lambda: changed(rows, end=rows.answer + whole(rows.end - rows.answer)),
        "lengths that stand out": lambda: changed(
            rows, end=np.where(rows.answered, np.minimum(rows.end, rows.answer + 3_600 * SECOND_MS), rows.end)
        ),
        "ring time of answered calls": lambda: changed(rows, answer=rows.start + ring * 9 // 10),
        "ring time by cause": lambda: changed(rows, end=np.where(rows.answered, rows.end, rows.end + 900)),
        "causes of unanswered calls": lambda: changed(
            rows, cause=np.where((rows.cause == 486) & (rows.start % 3 == 0), 404, rows.cause)
        ),
        "digits of the call_id": lambda: changed(rows, call_id=np.char.replace(rows.call_id, "f-", "e-")),
        "order of the call_id": lambda: changed(rows, call_id=np.array([f"0{each[1:]}" for each in rows.call_id])),
        "forms of dialling": lambda: changed(rows, number=np.char.add("0033", np.char.lstrip(rows.number, "+"))),
    }[name]()


@pytest.mark.parametrize("name", [name for name in CHECKS if name not in ("sources", "charged duration")])
def test_a_leak_is_seen(rows, name):
    assert CHECKS[name](leaky(rows, name)) > 1
