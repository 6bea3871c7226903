"""Evidence `country`: the call goes where this line does not call."""

from __future__ import annotations

from numba import njit

from sekisho.core.watch.logarithms import log

NAME = "country"
FACT = "share"  # the number its sentences need
JA = "この回線の通話先の{share:.2%}にあたる国への発信です"
EN = "The country takes {share:.2%} of this line's calls"
FIRES = "a country new to the line; one it rings once a year"
SILENT = "the country the line rings daily"
ACTION = "Ask whether the company has partners there."
BLIND = "A thief who rings the line's own countries."


@njit(cache=True)
def honest_share(calls_there: float, calls_all: float, doubt: float, popularity: float) -> float:
    """Share of the line's honest calls that this country gets: the mean of a Dirichlet posterior.

    `calls_there` of `calls_all` (faded) went to it; `doubt` calls' worth of the carrier's `popularity` of the country
    stand for everything not yet seen.
    """
    return (calls_there + doubt * popularity) / (calls_all + doubt)


@njit(cache=True)
def nats(share: float, thief_countries: float) -> float:
    """log(f_f / f₀): a thief picks one of `thief_countries` without regard to the line."""
    return -log(thief_countries * share)
