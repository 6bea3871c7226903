"""What a carrier tells us about one source of records: whose it is, its dialect, and which field means what.

A source description is a small TOML file:

    name = "pbx-tokyo"              # stands in CALLS.source
    company = "east"
    format = "asterisk"             # canonical | asterisk | kamailio-acc
    charging = true                 # false: evidence only, never rated into the bill
    zone = "Asia/Tokyo"             # of local times without an offset; default UTC
    outside_prefix = "0"            # outside-line digits, taken off numbers dialled outwards

    [line]
    from = "src"                    # src | accountcode | channel | trunk | clid | fixed
    default = "0312000000"          # where the map has no entry; absent: the field's own text
    map = { "1001" = "0312000001" }

    [direction]
    trunks = ["PJSIP/carrier"]      # channels that lead to the carrier (Asterisk)

    [kamailio]                      # names of the attributes in its records
    acc_src = "src_user"
    acc_dst = "dst_user"
    cdr_src = "src"
    cdr_dst = "dst"
    cdr_call_id = "ci"

The zone's default is UTC for every dialect: whether a PBX wrote local time cannot be seen in its file, and a default
that depends on the machine would rate the same file differently in two places.
The canonical formats carry source and line themselves; of this description they use company and zone only.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from sekisho.core.terms.errors import BadSource

FORMATS: Final = ("canonical", "asterisk", "kamailio-acc")
LINE_FIELDS: Final = {
    "canonical": ("src", "fixed"),
    "asterisk": ("src", "accountcode", "channel", "trunk", "clid", "fixed"),
    "kamailio-acc": ("src", "fixed"),
}
_KEYS: Final[dict[str, dict[str, type]]] = {
    "": {
        "name": str,
        "company": str,
        "format": str,
        "charging": bool,
        "zone": str,
        "outside_prefix": str,
        "line": dict,
        "direction": dict,
        "kamailio": dict,
    },
    "line": {"from": str, "default": str, "map": dict},
    "direction": {"trunks": list},
    "kamailio": {"acc_src": str, "acc_dst": str, "cdr_src": str, "cdr_dst": str, "cdr_call_id": str},
}
_TOML_PLACE: Final = re.compile(r"at line (\d+)")
_MAX_WORD: Final = 255


@dataclass(frozen=True, slots=True)
class KamailioNames:
    """What the attributes are called in a Kamailio's `acc` lines (`log_extra`) and CDR lines (`cdr_extra`)."""

    acc_src: str = "src_user"
    acc_dst: str = "dst_user"
    cdr_src: str = "src"
    cdr_dst: str = "dst"
    cdr_call_id: str = "ci"


@dataclass(frozen=True, slots=True)
class SourceProfile:
    """One source of records, as its TOML says; see the head of this module for the meaning of each field."""

    name: str
    company: str
    format: str
    charging: bool = True
    zone: str = "UTC"
    outside_prefix: str = ""
    line_from: str = "src"
    line_map: Mapping[str, str] = field(default_factory=dict)
    line_default: str = ""
    trunks: tuple[str, ...] = ()
    kamailio: KamailioNames = KamailioNames()

    def line_of(self, text: str) -> str:
        """The line that a field's text stands for: by the map, else the default, else the text itself."""
        return self.line_map.get(text) or self.line_default or text

    def dialled(self, text: str) -> str:
        """The digits as the carrier was given them: without the outside-line prefix, if something stays behind it."""
        prefix = self.outside_prefix
        return text[len(prefix) :] if prefix and len(text) > len(prefix) and text.startswith(prefix) else text


def default_profile(format_name: str, name: str, company: str) -> SourceProfile:
    """The profile of a source without a description: UTC, everything outgoing, the line is the caller's text."""
    return SourceProfile(name=name, company=company, format=format_name)


def with_line(profile: SourceProfile, line: str) -> SourceProfile:
    """The same source with every record charged to one line."""
    return replace(profile, line_from="fixed", line_default=line, line_map={})


def parse_source(text: str, file: str) -> SourceProfile:
    """A source description from the text of its TOML file; `file` is named in errors. Raises BadSource."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        wrong = str(error).partition(" (at ")[0]
        raise BadSource(file, int(place[1]) if place else 0, f"not TOML: {wrong}", 'write key = "value"') from None
    except RecursionError:
        raise BadSource(file, 0, "values nested too deep", "one table a section is enough") from None
    reader = _Reader(text, file)
    top = reader.section(table, "")
    line = reader.section(top.get("line", {}), "line")
    direction = reader.section(top.get("direction", {}), "direction")
    names = reader.section(top.get("kamailio", {}), "kamailio")
    profile = SourceProfile(
        name=reader.word(top, "name"),
        company=reader.word(top, "company"),
        format=reader.word(top, "format"),
        charging=top.get("charging", True),
        zone=top.get("zone", "UTC"),
        outside_prefix=top.get("outside_prefix", ""),
        line_from=line.get("from", "src"),
        line_map=reader.texts(line.get("map", {})),
        line_default=line.get("default", ""),
        trunks=reader.trunks(direction.get("trunks", [])),
        kamailio=KamailioNames(**{key: reader.word(names, key) for key in names}),
    )
    reader.check(profile)
    return profile


class _Reader:
    """Reads values out of the parsed TOML; knows the text, so that an error can name the line."""

    def __init__(self, text: str, file: str) -> None:
        self.lines, self.file = text.splitlines(), file

    def fault(self, key: str, wrong: str, right: str) -> BadSource:
        """An error at the first line that sets `key`, else the first that holds it (0 where none does)."""
        pattern = re.compile(rf"""\s*(\[+\s*)?["']?{re.escape(key)}["']?\s*[=\].]""")
        numbered = list(enumerate(self.lines, 1))
        at = next((number for number, line in numbered if pattern.match(line)), 0)
        at = at or next((number for number, line in numbered if key in line), 0)  # inside an inline table
        return BadSource(self.file, at, wrong, right)

    def section(self, table: dict[str, Any], name: str) -> dict[str, Any]:
        """`table`, once every key is known and has its type."""
        known, where = _KEYS[name], f"[{name}]" if name else "the top"
        for key, value in table.items():
            if key not in known:
                raise self.fault(key, f"unknown key {key!r} in {where}", f"known there: {', '.join(known)}")
            if type(value) is not known[key]:
                raise self.fault(key, f"{key} is {value!r}", f"give a {_TYPE_NAMES[known[key]]}")
        return table

    def word(self, table: dict[str, Any], key: str) -> str:
        """A text that must be there and must not be empty."""
        value = table.get(key, "")
        if not value or len(value) > _MAX_WORD or not value.isprintable():
            raise self.fault(key, f"{key} is missing or no plain word", f'give {key} = "..."')
        return str(value)

    def texts(self, table: dict[str, Any]) -> dict[str, str]:
        """The map from a field's text to a line."""
        for key, value in table.items():
            if not isinstance(value, str) or not value:
                raise self.fault(key, f"line {value!r} of {key!r} is no text", '"1001" = "0312000000"')
        return table

    def trunks(self, values: list[Any]) -> tuple[str, ...]:
        """The names of the channels that lead to the carrier."""
        if not all(isinstance(value, str) and value for value in values):
            raise self.fault("trunks", "trunks holds something that is no channel name", 'trunks = ["PJSIP/carrier"]')
        return tuple(values)

    def check(self, profile: SourceProfile) -> None:
        """What one key alone cannot tell."""
        if profile.format not in FORMATS:
            raise self.fault("format", f"format {profile.format!r} is unknown", f"one of {', '.join(FORMATS)}")
        fields = LINE_FIELDS[profile.format]
        if profile.line_from not in fields:
            raise self.fault(
                "from", f"a line cannot come from {profile.line_from!r} here", f"one of {', '.join(fields)}"
            )
        if profile.line_from == "fixed" and not profile.line_default:
            raise self.fault("from", 'from = "fixed" without a line', 'add default = "0312000000"')
        if not known_zone(profile.zone):
            raise self.fault("zone", f"zone {profile.zone!r} is unknown", 'an IANA name like "Asia/Tokyo", or "UTC"')
        if not re.fullmatch(r"[0-9*#]{0,8}", profile.outside_prefix):
            raise self.fault("outside_prefix", "outside_prefix is not a few digits", 'outside_prefix = "0"')


_TYPE_NAMES: Final[dict[type, str]] = {
    str: "text in quotes",
    bool: "true or false",
    dict: "table",
    list: "list",
}


def known_zone(name: str) -> bool:
    """Whether `name` is a time zone that times can be converted with."""
    if name == "UTC":
        return True
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
