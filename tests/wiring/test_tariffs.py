"""Which tariff is used, and what is said of one that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from sekisho.core.terms.errors import BadTariff
from sekisho.wiring.tariffs import DEFAULT_TARIFF, load_tariff, read_tariff

SHIPPED = Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv"
HEADER = "valid_from,match,name,unit_s,yen_per_unit,tax"
CLASSES = ("fixed", "mobile", "ip", "special", "international")
GOOD = "\n".join([HEADER, *(f"2026-04-01,class:{name},{name},60,10,taxable" for name in CLASSES)]) + "\n"


@pytest.fixture
def tariff_file(tmp_path):
    def write(data: bytes) -> str:
        path = tmp_path / "own.csv"
        path.write_bytes(data)
        return str(path)

    return write


def fault_of(path):
    with pytest.raises(BadTariff) as caught:
        load_tariff(path)
    return caught.value


def test_without_a_name_the_shipped_table_is_used():
    assert DEFAULT_TARIFF == SHIPPED
    assert read_tariff() == (SHIPPED.read_bytes(), "hikari-style.csv")
    assert load_tariff().name == "hikari-style"


def test_a_tariff_of_ones_own(tariff_file):
    path = tariff_file(GOOD.encode())
    assert read_tariff(path) == (GOOD.encode(), path)
    tariff = load_tariff(path)
    assert tariff.name == "own"
    assert tariff.rate_names.to_pylist() == list(CLASSES)


def test_a_missing_file(tmp_path):
    path = str(tmp_path / "none.csv")
    wrong = "cannot be read (No such file or directory); name a tariff with --tariff FILE"
    assert str(fault_of(path)) == f"{path}: {wrong}"


def test_a_folder(tmp_path):
    assert "cannot be read (Is a directory)" in str(fault_of(str(tmp_path)))


@pytest.mark.parametrize(
    ("data", "line", "wrong"),
    [(b"", 1, "no column valid_from"), (HEADER.encode() + b"\n", 0, "no rates"), (b"\x83e\x83X\n", 1, "not UTF-8")],
)
def test_a_file_without_a_table(tariff_file, data, line, wrong):
    fault = fault_of(tariff_file(data))
    assert (fault.line, fault.wrong) == (line, wrong)


def test_every_fault_is_told_with_its_row(tariff_file):
    rows = GOOD.splitlines()
    rows[1] = rows[1].replace(",60,", ",0,")
    rows[3] = rows[3].replace("taxable", "maybe")
    path = tariff_file("\n".join(rows).encode())
    fault = fault_of(path)
    told = [str(each) for each in (fault, *fault.others)]
    assert [line.split(";")[0] for line in told] == [f"{path}:2: unit_s is '0'", f"{path}:4: tax is 'maybe'"]
