"""The history on its real way: every call is rated and kept, and nobody honest is held."""

from __future__ import annotations

import pyarrow.compute as pc
import pytest

from sekisho.bodies import batches_of
from sekisho.core.terms.errors import InUse
from sekisho.core.terms.instants import parse_rfc3339
from sekisho.core.terms.masking import mask_digits
from sekisho.demo.cast import make_cast
from sekisho.demo.loading import load_history, make_pieces
from sekisho.ports import VERDICT_TOPIC
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

UNTIL = parse_rfc3339("2026-11-24T12:41:00Z")
CAST = make_cast(60)


def verdicts(log):
    entries = log.read(VERDICT_TOPIC, 0, 1_000)
    return [row for entry in entries for batch in batches_of(entry.body) for row in batch.to_pylist()]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """(settings, pieces, what was told), the history of 60 lines loaded."""
    settings = read_settings({"SEKISHO_HOME": str(tmp_path_factory.mktemp("home") / "demo")})
    pieces, told = make_pieces(CAST, 1, UNTIL, 60), []
    load_history(settings, CAST, pieces, told.append)
    return settings, pieces, told


def test_every_call_is_in_the_lake_once_and_charged(loaded):
    settings, pieces, told = loaded
    home = open_embedded(settings, ())
    rated = home.lake.read()
    home.close()
    assert told == [piece.calls.num_rows for _, piece in pieces]
    assert rated.num_rows == sum(told)
    assert len(rated["call_id"].unique()) == rated.num_rows
    assert set(rated["company"].unique().to_pylist()) == {"east", "west"}
    assert pc.sum(rated["charge_milliyen"]).as_py() > 100_000_000


def test_weeks_of_both_companies_take_turns(loaded):
    order = [(company.key, piece.name) for company, piece in loaded[1]]
    assert order[:4] == [
        ("east", "20260901.parquet"),
        ("west", "20260901.parquet"),
        ("east", "20260908.parquet"),
        ("west", "20260908.parquet"),
    ]


def test_nobody_honest_is_held_and_the_desk_is_left_alone(loaded):
    home = open_embedded(loaded[0], ())
    said = verdicts(home.log)
    home.close()
    assert [mask_digits(row["line"]) for row in said if row["action"] == "hold"] == []
    assert len(said) <= 2


def test_loading_again_changes_nothing(loaded):
    settings, pieces, _ = loaded
    load_history(settings, CAST, pieces)
    home = open_embedded(settings, ())
    assert home.lake.read().num_rows == sum(piece.calls.num_rows for _, piece in pieces)
    home.close()


def test_while_the_parts_run_nothing_is_loaded(loaded):
    settings, pieces, _ = loaded
    judge = open_embedded(settings, ("judge",))
    with pytest.raises(InUse):
        load_history(settings, CAST, pieces)
    judge.close()
