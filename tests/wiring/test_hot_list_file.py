"""Files of numbers known for fraud: how numbers may be written, and one clear line where they are none."""

from __future__ import annotations

import pytest

from sekisho.core.terms.errors import BadSource
from sekisho.wiring import hot_list_file
from sekisho.wiring.hot_list_file import read_hot_list


def written(tmp_path, text: str | bytes) -> str:
    path = tmp_path / "hot.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("23276123456\n", ["23276123456"]),
        ("\ufeff# from a forum\n\n+232 76 123-456\r\n  2327699 \n", ["23276123456", "2327699"]),
        ("number,country\n+23276123456,Sierra Leone\n2327699,\n", ["23276123456", "2327699"]),
        ('"number";"seen"\n"+88 (231) 2.3";2026\n', ["8823123"]),
        ("2327699\n2327699\n+2327699\tagain", ["2327699"]),
    ],
)
def test_numbers_however_they_are_set(tmp_path, text, numbers):
    assert read_hot_list(written(tmp_path, text)) == numbers


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("2327699\nabc\n", ":2", "'abc' is no number; write E.164 of 4 to 15 digits, like +23276123456"),
        ("# one\n01023276123456\n", ":2", "'01023276123456' is no number"),  # as dialled in Japan, not E.164
        ("232\n", ":1", "'232' is no number"),
        ("1234567890123456\n", ":1", "is no number"),
        ("２３２７６９９\n", ":1", "is no number"),
        ("", "", "there is no number in it; write one number a line"),
        ("number\n# none\n", "", "there is no number in it"),
        (b"\xff\xfe2327", "", "not UTF-8; save the list as UTF-8"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_place(tmp_path, text, place, says):
    path = written(tmp_path, text)
    with pytest.raises(BadSource) as refused:
        read_hot_list(path)
    told = str(refused.value)
    assert told.startswith(f"{path}{place}: ")
    assert says in told
    assert "\n" not in told


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(BadSource, match="cannot be read"):
        read_hot_list(str(tmp_path / "none.csv"))


def test_there_is_an_end_to_a_list_and_to_a_file(tmp_path, monkeypatch):
    path = written(tmp_path, "2327001\n2327002\n2327003\n")
    monkeypatch.setattr(hot_list_file, "MOST_NUMBERS", 2)
    with pytest.raises(BadSource, match=":3: more than 2 numbers; split the list"):
        read_hot_list(path)
    monkeypatch.setattr(hot_list_file, "MOST_BYTES", 8)
    with pytest.raises(BadSource, match="give a list of numbers"):
        read_hot_list(path)
