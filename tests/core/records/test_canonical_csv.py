"""Canonical CSV: raw files in, calls and rejects out; the fast way and the careful way agree."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.records import canonical_csv
from sekisho.core.records.canonical_csv import looks_canonical, read
from sekisho.core.records.parsed import Provenance, Tally
from sekisho.core.records.source import default_profile
from sekisho.core.tables import CALLS, CANONICAL_COLUMNS
from sekisho.core.terms.errors import BadCallFile
from sekisho.core.terms.instants import format_rfc3339, parse_rfc3339

PROFILE = default_profile("canonical", "feed", "east")
PROVENANCE = Provenance("calls.csv", "c0ffee")
HEADER = "call_id,source,direction,line,number,start,answer,end,cause,talk_ms\n"
ROWS = """\
c1,edge,out,0312000000,0106112345678,2026-11-23T17:52:57Z,2026-11-23T17:53:02Z,2026-11-23T17:54:02Z,200,
c2,edge,out,0312000000,0312345678,2026-11-23T17:52:58.5Z,,2026-11-23T17:53:09Z,486,
c3,pbx,in,+81312000000,,2026-11-23T17:52:59Z,2026-11-23T17:53:02Z,,,61000
"""


def whole(data, **options):
    """All pieces of a file as one: calls as dicts (times as text), rejects as (row, reason), the sum."""
    pieces = list(read(data if isinstance(data, bytes) else data.encode(), PROFILE, PROVENANCE, **options))
    assert all(piece.tally.balanced and piece.calls.schema == CALLS for piece in pieces)
    calls = [call for piece in pieces for call in piece.calls.to_pylist()]
    for call in calls:
        for name in ("start", "answer", "end"):
            call[name] = call[name] and format_rfc3339(round(call[name].timestamp() * 1_000))
    rejects = [(reject["row"], reject["reason"]) for piece in pieces for reject in piece.rejects.to_pylist()]
    return calls, rejects, sum((piece.tally for piece in pieces), Tally())


def test_a_file_becomes_calls():
    calls, rejects, tally = whole(HEADER + ROWS)
    assert tally == Tally(rows_in=3, calls=3)
    assert rejects == []
    assert calls[0] == {
        "call_id": "c1",
        "source": "edge",
        "direction": "out",
        "line": "0312000000",
        "number": "0106112345678",
        "start": "2026-11-23T17:52:57Z",
        "answer": "2026-11-23T17:53:02Z",
        "end": "2026-11-23T17:54:02Z",
        "cause": 200,
        "talk_ms": None,
        "company": "east",
        "file_sha256": "c0ffee",
        "row": 2,
    }
    assert (calls[1]["start"], calls[1]["answer"], calls[1]["row"]) == ("2026-11-23T17:52:58.500Z", None, 3)
    assert (calls[2]["number"], calls[2]["end"], calls[2]["cause"], calls[2]["talk_ms"]) == ("", None, None, 61_000)


@pytest.mark.parametrize("ending", ["", "\n"], ids=["no line break at the end", "line break"])
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\n".join(",".join(f'"{field}"' for field in line.split(",")) for line in text.split("\n")),
        lambda text: text.replace("Z,", "+00:00,"),
        lambda text: text.replace(":57Z", ":57.000000999Z"),
        lambda text: text.replace("2026-11-23T17:52:57Z", "2026-11-24T02:52:57+09:00"),
    ],
    ids=["as is", "BOM", "CRLF", "CR", "all quoted", "offsets", "nanoseconds", "Japan"],
)
def test_the_same_calls_in_other_clothes(change, ending):
    text = (HEADER + ROWS).rstrip("\n")
    assert whole(change(text) + ending) == whole(text)


def test_columns_stand_in_any_order_and_talk_ms_may_be_absent():
    fields = [line.split(",")[:9] for line in (HEADER + ROWS).splitlines()]
    turned = "\n".join(",".join(reversed(line)) for line in fields)
    calls, _, tally = whole(turned)
    assert tally.calls == 3
    expected, _, _ = whole(HEADER + ROWS)
    assert [call | {"talk_ms": None} for call in expected] == calls


@pytest.mark.parametrize(
    ("head", "error"),
    [
        (b"", "calls.csv:1: no header; begin with call_id,source,"),
        (b"\n" + HEADER.encode(), "calls.csv:1: no header"),
        (b"\xef\xbb\xbf\n", "calls.csv:1: no header"),
        (HEADER.replace("cause", "reason").encode(), 'calls.csv:1: unknown column "reason"; the columns are call_id,'),
        (HEADER.replace(",cause", "").encode(), 'calls.csv:1: missing column "cause"; the columns are call_id,'),
        (HEADER.replace("cause", "line").encode(), 'calls.csv:1: missing column "cause"'),
        (ROWS.encode(), 'calls.csv:1: unknown column "c1", "edge"'),
        (b"\xff\xfe\0" * 30_000, "calls.csv:1: unknown column"),
        (b'"' * 200_000, "calls.csv:1: "),
    ],
)
def test_a_file_without_the_header_is_refused(head, error):
    with pytest.raises(BadCallFile) as caught:
        list(read(head, PROFILE, PROVENANCE))
    assert str(caught.value).startswith(error)
    assert "\n" not in str(caught.value)


def test_bad_rows_are_rejects_with_row_and_reason_and_good_rows_stay():
    rows = ROWS + (
        "c4,edge,out,0312000000,0312345678,2026-13-01,,,,\n"
        "\n"
        "c5,edge,out,0312000000,0312345678,2026-11-23T17:52:57Z,2026-11-23T17:52:56Z,,,\n"
        "c6,edge,out,0312000000\n"
        "c7,edge,out,,0312345678,2026-11-23T17:52:57Z,,,,\n"
        "c8,edge,out,0312000000,0312345678,0312345678,,,,\n"
        "c9,edge,out,03\xff12,0312345678,2026-11-23T17:52:57Z,,,,\n"
    )
    calls, rejects, tally = whole((HEADER + rows).encode("latin-1"))
    assert tally == Tally(rows_in=10, calls=4, not_a_record=1, rejects=5)
    assert [call["row"] for call in calls] == [2, 3, 4, 11]
    assert calls[3]["line"] == "03\ufffd12"
    assert rejects == [
        (5, 'start "2026-13-01" is not an RFC 3339 time like 2026-11-23T17:52:57Z'),
        (7, "answer is before start"),
        (8, "4 columns where the header has 10"),
        (9, "line is empty"),
        (10, 'start "031234****" is not an RFC 3339 time like 2026-11-23T17:52:57Z'),
    ]


def test_a_line_of_megabytes_is_one_reject():
    _, rejects, tally = whole(HEADER + ROWS + "x" * 3_000_000 + "\n" + ROWS)
    assert tally == Tally(rows_in=7, calls=6, rejects=1)
    assert rejects == [(5, "the line is longer than any record")]


def big(count, seed, bad_every):
    """A file of `count` rows of which about one in `bad_every` is bad, and the rows that are."""
    chance, lines, bad = random.Random(seed), [], []  # noqa: S311 - one seed, one file
    start = parse_rfc3339("2026-11-01T00:00:00Z")
    for place in range(count):
        line = f"c{place:06d},edge,out,03{place % 999:08d},0{place:09d},{format_rfc3339(start + place)},,,,"
        if chance.random() * bad_every < 1:
            line = chance.choice(
                ["", "what?", line + ",", line.replace("T", "!"), line.replace("out", "no"), line + "x"]
            )
            bad.append(place + 2)
        lines.append(line)
    return (HEADER + "\n".join(lines) + "\n").encode(), bad


@pytest.mark.parametrize("bad_every", [10, 3_000])
@pytest.mark.parametrize("block_bytes", [10_000, 1 << 24])
def test_big_files_are_read_in_blocks_and_lose_no_row(bad_every, block_bytes):
    data, bad = big(8_000, bad_every, bad_every)
    assert len(data) > 2 * canonical_csv._SMALL
    pieces = list(read(data, PROFILE, PROVENANCE, block_bytes=block_bytes))
    tally = sum((piece.tally for piece in pieces), Tally())
    assert (tally.rows_in, tally.calls) == (8_000, 8_000 - len(bad))
    rows = {row for piece in pieces for row in piece.calls.column("row").to_pylist()}
    assert sorted({*range(2, 8_002)} - rows) == bad
    for piece in pieces:
        for call_id, row in zip(
            piece.calls.column("call_id").to_pylist(), piece.calls.column("row").to_pylist(), strict=True
        ):
            assert call_id == f"c{row - 2:06d}"


def test_a_clean_file_is_read_by_arrow_alone(monkeypatch):
    monkeypatch.setattr(canonical_csv, "canonical_row", None)  # the careful way would fail
    data, _ = big(3_000, 1, 10**9)
    assert sum(piece.tally.calls for piece in read(data, PROFILE, PROVENANCE, block_bytes=50_000)) == 3_000
    quoted = HEADER.encode() + b'"c1","e","out","03","04","2026-11-23T17:52:57.123456Z","","","200",""\n'
    assert [piece.tally.calls for piece in read(quoted, PROFILE, PROVENANCE)] == [1]


def test_threads_change_nothing():
    data, _ = big(2_000, 2, 500)
    one, two = (
        pa.Table.from_batches([p.calls for p in read(data, PROFILE, PROVENANCE, threads=t)]) for t in (False, True)
    )
    assert one.to_pylist() == two.to_pylist()


FIELDS = [
    st.sampled_from(
        ["c1", "", '"c1"', '"c""1"', 'c"1', '"c', "c\0", "x" * 513, " c1", '"c,1"', "c\r1", '"a"b', '""a""']
    ),
    st.sampled_from(["edge", "", '"edge"', "s" * 300]),
    st.sampled_from(["out", "in", "", '"out"', "OUT", " out"]),
    st.sampled_from(["0312000000", "", '"03"', "é"]),
    st.sampled_from(["0106112345678", "", '"x', "9" * 256]),
    st.sampled_from(
        ["2026-11-23T17:52:57Z", "2026-11-23 17:52:57.5+09", "2026-11-23T17Z", "", "1969-12-31T00:00:00Z", "x"]
    ),
    st.sampled_from(["", "2026-11-23T17:52:57.1234Z", "2026-11-23T17:52:58Z", '"2026-11-23T17:53:57Z"', "N/A"]),
    st.sampled_from(
        ["", "2026-11-23T17:59:57Z", "2028-11-23T17:59:57Z", "2199-12-31T23:59:59Z", "9999-12-31T23:59:59Z"]
    ),
    st.sampled_from(["", "200", " 200", "0xC8", "-1", "99999", "1e2", '"200"']),
    st.sampled_from(["", "61000", "-5", "9" * 25, "1.5", '"', '"7']),
]


LINES = st.tuples(*FIELDS).map(",".join) | st.sampled_from(["", " ", ",", ROWS.partition("\n")[0]])


@given(st.lists(LINES, max_size=4))
@settings(derandomize=True, max_examples=400, deadline=None)
def test_a_row_has_the_same_fate_alone_and_beside_others(lines):
    """Whatever way a block takes, it says of its rows what the careful way says of each."""
    block = pa.py_buffer("".join(line + "\n" for line in lines).encode())
    reader = canonical_csv._Reader(list(CANONICAL_COLUMNS), "east", PROVENANCE, threads=False)
    slow = list(reader._slowly(block, 2))
    data = HEADER.encode() + bytes(block)
    calls = [call for piece in read(data, PROFILE, PROVENANCE) for call in piece.calls.to_pylist()]
    rejects = [reject for piece in read(data, PROFILE, PROVENANCE) for reject in piece.rejects.to_pylist()]
    assert sorted(calls, key=lambda call: call["row"]) == [call for piece in slow for call in piece.calls.to_pylist()]
    assert rejects == [reject for piece in slow for reject in piece.rejects.to_pylist()]


@pytest.mark.parametrize(
    ("head", "looks"),
    [
        (HEADER.encode(), True),
        (b'\xef\xbb\xbf"call_id","line","start","answer","end","cause"\n', True),
        (b"a,b\n", False),
        (b"", False),
    ],
)
def test_a_canonical_file_is_known_by_its_header(head, looks):
    assert looks_canonical(head) is looks
