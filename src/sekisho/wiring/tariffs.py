"""Which tariff is used where none is named, and how one is read from disk."""

from __future__ import annotations

from pathlib import Path

from sekisho.core.rating.tariff import Tariff, parse_tariff
from sekisho.core.terms.errors import BadTariff

# The table that ships with the project: examples/ stands beside src/ in a checkout.
DEFAULT_TARIFF = Path(__file__).parents[3] / "examples" / "tariffs" / "hikari-style.csv"


def read_tariff(path: str | None = None) -> tuple[bytes, str]:
    """The bytes of a tariff file and its name; the shipped table where none is named. Raises BadTariff."""
    file = Path(path) if path is not None else DEFAULT_TARIFF
    try:
        return file.read_bytes(), str(path or file.name)
    except OSError as error:
        raise BadTariff(
            str(file), 0, f"cannot be read ({error.strerror})", "name a tariff with --tariff FILE"
        ) from None


def load_tariff(path: str | None = None) -> Tariff:
    """A tariff from disk; the shipped table where none is named. Raises BadTariff."""
    return parse_tariff(*read_tariff(path))
