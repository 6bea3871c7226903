"""Formats by name, files known by their content, and what every dialect owes whatever it is given."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from sekisho.core.records.canonical_text import HEADER, canonical_csv
from sekisho.core.records.dialects import DIALECTS, sniff
from sekisho.core.records.parsed import Provenance, Tally
from sekisho.core.records.source import FORMATS, default_profile, parse_source
from sekisho.core.tables import CALLS, CANONICAL_COLUMNS, REJECTS
from sekisho.core.terms.errors import BadCallFile

INCIDENT = Path(__file__).parents[2] / "data" / "pbx-incident"
MASTER = (INCIDENT / "cdr_Master.csv").read_bytes()
ACC_LOG = (INCIDENT / "kamailio_acc.log").read_bytes()
PROVENANCE = Provenance("calls.csv", "5e")


def read(name, data, profile=None):
    return list(DIALECTS[name].read(data, profile or default_profile(name, "source", "east"), PROVENANCE))


def incident_calls(name, data, toml):
    profile = parse_source((INCIDENT / toml).read_text(), toml)
    return pa.Table.from_batches([piece.calls for piece in read(name, data, profile)])


def as_canonical_csv():
    return HEADER + canonical_csv(incident_calls("asterisk", MASTER, "asterisk.toml"))


def as_parquet(rows=None):
    sink = io.BytesIO()
    table = incident_calls("asterisk", MASTER, "asterisk.toml").select(list(CANONICAL_COLUMNS))
    parquet.write_table(table.slice(0, rows), sink, row_group_size=20)
    return sink.getvalue()


def test_every_format_of_a_profile_has_a_dialect():
    assert tuple(DIALECTS) == FORMATS
    assert all(name == dialect.name and dialect.what for name, dialect in DIALECTS.items())


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (as_canonical_csv(), "canonical"),
        (b"\xef\xbb\xbf" + as_canonical_csv(), "canonical"),
        (as_parquet(), "canonical"),
        (MASTER, "asterisk"),
        (b"\n\n" + MASTER, "asterisk"),
        (ACC_LOG, "kamailio-acc"),
    ],
    ids=["csv", "csv with BOM", "parquet", "asterisk", "asterisk after blank lines", "kamailio"],
)
def test_a_file_is_known_by_its_content(data, name):
    assert sniff(data, "file") == name


@pytest.mark.parametrize("data", [b"", b"\n\n", b"a,b\n1,2\n", b"\x00" * 2_000, b"Nov 23 kernel: nothing\n" * 100])
def test_other_files_are_in_no_format(data):
    with pytest.raises(BadCallFile, match=r"file: .*; name its format: canonical, asterisk, kamailio-acc"):
        sniff(data, "file")


def test_canonical_is_csv_or_parquet_by_its_magic():
    csv, columnar = read("canonical", as_canonical_csv()), read("canonical", as_parquet())
    columns = list(CANONICAL_COLUMNS)
    as_tables = [pa.Table.from_batches([p.calls for p in pieces]).select(columns) for pieces in (csv, columnar)]
    assert as_tables[0].to_pylist() == as_tables[1].to_pylist()
    assert len(as_tables[0]) == 64


def test_both_sides_of_the_incident_tell_of_the_same_64_calls():
    pbx = incident_calls("asterisk", MASTER, "asterisk.toml").sort_by([("start", "ascending")]).to_pylist()
    edge = incident_calls("kamailio-acc", ACC_LOG, "kamailio.toml").sort_by([("start", "ascending")]).to_pylist()
    assert len(pbx) == len(edge) == 64
    assert {call["line"] for call in pbx + edge} == {"0312000000"}

    def identity(call):  # the PBX writes whole seconds, so the order within a second is the number's
        return call["number"], call["answer"] is not None, call["cause"]

    assert sorted(map(identity, pbx)) == sorted(map(identity, edge))
    assert sum(call["answer"] is not None for call in pbx) == 56
    waiting = list(edge)
    for call in pbx:
        match = next(
            other
            for other in waiting
            if identity(other) == identity(call) and abs((other["start"] - call["start"]).total_seconds()) <= 1
        )
        waiting.remove(match)
    assert waiting == []


# ---- whatever it is given ----------------------------------------------------------------------------------------


def lines_by_line_feed(data):
    return len(data.split(b"\n")) - data.endswith(b"\n") if data else 0


def lines_as_csv(data):
    """Lines as Arrow sees them, without the header."""
    return lines_by_line_feed(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")) - 1


def parquet_rows(data):
    return parquet.ParquetFile(io.BytesIO(data)).metadata.num_rows


CASES = {
    "asterisk": ("asterisk", b"\n".join(MASTER.split(b"\n")[46:68]), lines_by_line_feed),
    "kamailio": (
        "kamailio-acc",
        b"\n".join(ACC_LOG.split(b"\n")[:12] + ACC_LOG.split(b"\n")[-30:]),
        lines_by_line_feed,
    ),
    "csv": (
        "canonical",
        b"\n".join(as_canonical_csv().split(b"\n")[:1] + as_canonical_csv().split(b"\n")[46:]),
        lines_as_csv,
    ),
    "parquet": ("canonical", as_parquet(12), parquet_rows),
}

FRAGMENTS = [
    b"\x00", b"\xff\xfe", b"\x83\x5c", b"\xe3\x81", b'"', b'""', b",", b";", b"=", b"\r", b"\r\n", b"\n", b"\n\n",
    b";code=403;", b" ACC: ", b"log_write_cdr(): ", b"1e30", b"-1", b"9" * 40, b"99999999999999999999.5", b"inf",
    b"9999-12-31 23:59:59", b"0000-00-00 00:00:00", b"2026-02-30T00:00:00Z", b"x" * 300, b"9" * 70_000,
    b"\n" + b"y" * 140_000,
]  # fmt: skip


@st.composite
def mangled(draw, data):
    """The bytes with up to six injuries: flips, cuts, doubled lines, foreign pieces, swapped fields."""
    out = bytearray(data)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(out) - 1, 0)))
        kind = draw(st.sampled_from(["flip", "cut", "end", "double", "insert", "over", "field"]))
        if kind == "flip" and out:
            out[at] ^= draw(st.integers(1, 255))
        elif kind == "cut":
            del out[at : at + draw(st.integers(1, 200))]
        elif kind == "end":
            del out[at:]
        elif kind == "double":
            start, end = out.rfind(b"\n", 0, at) + 1, out.find(b"\n", at) + 1
            out[start:start] = out[start : max(end, start)]
        elif kind == "insert":
            out[at:at] = draw(st.sampled_from(FRAGMENTS))
        elif kind == "over":
            piece = draw(st.sampled_from(FRAGMENTS))
            out[at : at + len(piece)] = piece
        else:
            start = out.rfind(b",", 0, at) + 1
            end = out.find(b",", at)
            out[start : max(end, start)] = draw(st.sampled_from(FRAGMENTS))
    return bytes(out)


def assert_sound(pieces):
    """Whatever was read: the sum holds, and every call is one."""
    for piece in pieces:
        assert piece.tally.balanced, piece.tally
        assert (len(piece.calls), len(piece.rejects)) == (piece.tally.calls, piece.tally.rejects)
        assert piece.calls.schema == CALLS
        assert piece.rejects.schema == REJECTS
        piece.calls.validate(full=True)
        piece.rejects.validate(full=True)
        for call in piece.calls.cast(
            pa.schema([f.with_type(pa.int64()) if pa.types.is_timestamp(f.type) else f for f in CALLS])
        ).to_pylist():
            assert all(call[name] for name in ("call_id", "line", "source"))
            assert call["direction"] in {"in", "out"}
            begun = call["start"] if call["answer"] is None else call["answer"]
            assert 0 <= call["start"] <= begun <= (begun if call["end"] is None else call["end"])
            assert call["talk_ms"] is None or call["talk_ms"] >= 0
        for reject in piece.rejects.to_pylist():
            assert reject["reason"]
            assert reject["reason"].isprintable()
    return sum((piece.tally for piece in pieces), Tally())


@pytest.mark.parametrize("case", CASES)
def test_the_untouched_files_are_sound(case):
    name, data, count = CASES[case]
    tally = assert_sound(read(name, data))
    assert tally.rows_in == count(data)
    assert tally.calls > 0
    assert tally.rejects == 0


@pytest.mark.parametrize("case", CASES)
@given(data=st.data())
@settings(derandomize=True, max_examples=150, deadline=None)
def test_a_mangled_file_is_accounted_for_to_the_last_row(case, data):
    name, whole, count = CASES[case]
    injured = data.draw(mangled(whole))
    try:
        pieces = read(name, injured)
    except BadCallFile:
        return
    tally = assert_sound(pieces)
    assert tally.rows_in == (count(injured) if injured.strip() else tally.rows_in)


@pytest.mark.parametrize("case", CASES)
@given(junk=st.binary(max_size=2_000))
@settings(derandomize=True, max_examples=100, deadline=None)
def test_junk_is_accounted_for_too(case, junk):
    name, _, _ = CASES[case]
    head = {"csv": HEADER, "parquet": b"PAR1"}.get(case, b"")
    try:
        tally = assert_sound(read(name, head + junk))
    except BadCallFile:
        return
    assert tally.calls == 0 or name == "canonical"
