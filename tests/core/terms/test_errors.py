"""The error tree: as drawn at the top of its file, facts as attributes, one line of text that offers the cure."""

from __future__ import annotations

import pytest

from sekisho.core.terms import errors
from sekisho.core.terms.errors import (
    BadCallFile,
    BadInput,
    BadSetting,
    BadSource,
    BadTariff,
    LogDamaged,
    SekishoError,
)


def drawn_tree() -> dict[str, str]:
    """Error → the error it stands under, as the picture in the docstring has it."""
    parents: list[tuple[int, str]] = []
    tree = {}
    for line in (errors.__doc__ or "").splitlines():
        if "── " not in line and line.strip() != "SekishoError":
            continue
        name = line.split("── ")[-1].split()[0]
        depth = line.index(name)
        parents = [parent for parent in parents if parent[0] < depth]
        tree[name] = parents[-1][1] if parents else "Exception"
        parents.append((depth, name))
    return tree


def test_the_tree_is_as_drawn():
    defined = {
        name: each.__bases__[0].__name__
        for name, each in vars(errors).items()
        if isinstance(each, type) and issubclass(each, Exception)
    }
    assert drawn_tree() == defined
    assert defined["BadTariff"] == "BadInput"


@pytest.mark.parametrize("kind", [BadInput, BadSource, BadTariff, BadCallFile])
def test_bad_input_says_where_what_and_what_would_be_right(kind):
    error = kind("calls.csv", 12, "start is '24:00'", "write RFC 3339 like 2026-11-23T17:52:57Z")
    assert str(error) == "calls.csv:12: start is '24:00'; write RFC 3339 like 2026-11-23T17:52:57Z"
    assert (error.file, error.line, error.wrong) == ("calls.csv", 12, "start is '24:00'")
    assert error.right == "write RFC 3339 like 2026-11-23T17:52:57Z"


def test_line_0_is_the_whole_file():
    assert str(BadCallFile("a.parquet", 0, "not Parquet", "give a Parquet file")) == (
        "a.parquet: not Parquet; give a Parquet file"
    )


def test_a_bad_tariff_carries_the_other_faults_of_the_file():
    further = [BadInput("t.csv", 3, "b", "c"), BadInput("t.csv", 4, "d", "e")]
    error = BadTariff("t.csv", 2, "a", "b", further)
    assert error.others == tuple(further)
    assert BadTariff("t.csv", 2, "a", "b").others == ()


@pytest.mark.parametrize("kind", [BadSetting, LogDamaged])
def test_one_except_catches_all(kind):
    with pytest.raises(SekishoError, match="what it says"):
        raise kind("what it says")
