"""Names of countries and regions, from the Unicode CLDR that Babel carries."""

from __future__ import annotations

from functools import cache
from typing import Final

from babel import Locale
from django.utils.translation import gettext

from sekisho.office.words.language import JAPANESE, language

# CLDR's formal names are too long for a label.
_SHORTER: Final = {
    JAPANESE: {"HK": "香港", "MO": "マカオ", "PS": "パレスチナ", "GB": "英国", "US": "米国"},
    "en": {"HK": "Hong Kong", "MO": "Macao", "PS": "Palestine"},
}


@cache
def _territories(language_: str) -> dict[str, str]:
    return {**Locale(language_).territories, **_SHORTER[language_]}


def country(code: str) -> str:
    """`SL` → シエラレオネ, Sierra Leone; a global service keeps its code; empty means that nobody knows."""
    if not code:
        return gettext("unknown destination")
    if code.startswith("+"):
        return gettext("global service %(code)s") % {"code": code}
    return _territories(language()).get(code, code)


def countries(codes: list[str]) -> str:
    """One, two, or the first and how many more: `シエラレオネほか2か国`."""
    if not codes:
        return ""
    if len(codes) == 1:
        return country(codes[0])
    first, second, more = country(codes[0]), country(codes[1]), len(codes) - 1
    if more == 1:
        return gettext("%(first)s and %(second)s") % {"first": first, "second": second}
    return gettext("%(first)s and %(more)d more countries") % {"first": first, "more": more}
