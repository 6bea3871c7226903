"""Filters and tags that turn what queries give into words of `office/words`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sekisho.office.words import countries, instants, money, numbers, states
from sekisho.office.words.language import ENGLISH, language

register = template.Library()

register.filter("yen", money.yen)
register.filter("yen_plain", money.plain)
register.filter("yen_exact", money.exact)
register.filter("span", instants.span)
register.filter("talk", instants.talk)
register.filter("clock", instants.clock)
register.filter("month_name", instants.month)
register.filter("long_day", instants.long_day)
register.filter("yen_whole", money.whole)
register.filter("thousands", money.grouped)
register.filter("line_number", numbers.line)
register.filter("country", countries.country)


@register.filter
def name(named: Any) -> str:
    """The name of a company or customer in the active language."""
    return str(named.name_en if language() == ENGLISH else named.name_ja)


@register.filter
def word(key: str, table: str) -> str:
    """The word for `key` in a table of `words/states.py`, like `row.owner|word:"OWNERS"`; an unknown key as it is."""
    return str(getattr(states, table).get(key, key))


@register.filter
def state(key: str, table: str) -> states.State:
    """The state for `key` in a table of `words/states.py`, for `{% badge %}`."""
    told: states.State = getattr(states, table)[key]
    return told


@register.simple_tag(takes_context=True)
def moment(context: Any, at_ms: int, *, exact: bool = False) -> SafeString:
    """An instant as `<time>`, with the day unless it is today."""
    return format_html(
        '<time datetime="{}">{}</time>', instants.machine(at_ms), instants.moment(at_ms, context["now_ms"], exact=exact)
    )


@register.simple_tag(takes_context=True)
def ago(context: Any, at_ms: int) -> SafeString:
    """How long ago an instant was, as `<time>`."""
    return format_html('<time datetime="{}">{}</time>', instants.machine(at_ms), instants.ago(at_ms, context["now_ms"]))
