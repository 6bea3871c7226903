"""Shapes that stand beside words: each state has its own, so that nobody needs to tell colours apart."""

from __future__ import annotations

from typing import Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sekisho.office.words.states import State

register = template.Library()

# Paths on a sheet of 24 × 24, drawn with a line of 2 in the colour of the text.
PATHS: Final = {
    "alert": "M12 4 L21.5 20 H2.5 Z M12 10 V14.5 M12 16.8 V17.4",
    "hold": "M8 3 H16 L21 8 V16 L16 21 H8 L3 16 V8 Z M10 9 V15 M14 9 V15",
    "bar": "M12 3 A9 9 0 1 0 12 21 A9 9 0 1 0 12 3 M7.5 12 H16.5",
    "done": "M12 3 A9 9 0 1 0 12 21 A9 9 0 1 0 12 3 M8 12.2 L11 15 L16 9.5",
    "waiting": "M12 3 A9 9 0 1 0 12 21 A9 9 0 1 0 12 3 M12 7.5 V12 L15 14",
    "open": "M12 3 A9 9 0 1 0 12 21 A9 9 0 1 0 12 3",
    "free": "M4 12 H19 M13.5 6.5 L19 12 L13.5 17.5",
    "note": "M12 3 A9 9 0 1 0 12 21 A9 9 0 1 0 12 3 M12 11 V16 M12 7.4 V8",
    "back": "M19 12 H5 M10.5 6.5 L5 12 L10.5 17.5",
}
GATE: Final = "M3 6.5 C9 8 15 8 21 6.5 M5 11 H19 M7 7.5 V21 M17 7.5 V21 M12 7.6 V11"


@register.simple_tag
def icon(name: str) -> SafeString:
    """A shape for the eye only: the word beside it says the same."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false" fill="none" '
        'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="{}"/></svg>',
        PATHS[name],
    )


@register.simple_tag
def gate_mark() -> SafeString:
    """The mark of the house: a gate."""
    return format_html(
        '<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" fill="none" stroke="currentColor" '
        'stroke-width="2.2" stroke-linecap="round"><path d="{}"/></svg>',
        GATE,
    )


@register.simple_tag
def badge(state: State) -> SafeString:
    """A state of `words/states.py` as shape and word."""
    return format_html(
        '<span class="badge {}">{} {}</span>',
        state.tone,
        icon(state.icon),
        state.word,
    )
