"""Two people before the same page: one has a mouse, the other a keyboard and nothing else."""

from __future__ import annotations

from typing import Any, Protocol

MOST_TABS = 120


class Hand(Protocol):
    """What a person does with a page; every element is named by a selector."""

    def press(self, page: Any, wanted: str) -> None:
        """Follow a link, or press a button."""

    def write(self, page: Any, field: str, text: str) -> None:
        """Put `text` in the place of what the field holds."""

    def choose(self, page: Any, radio: str) -> None:
        """Choose one of several radio buttons."""


class Mouse:
    """Clicks."""

    def press(self, page: Any, wanted: str) -> None:
        """Click it."""
        page.click(wanted)

    def write(self, page: Any, field: str, text: str) -> None:
        """Click into it and type."""
        page.click(field)
        page.keyboard.press("Control+A")
        page.keyboard.type(text)

    def choose(self, page: Any, radio: str) -> None:
        """Click it."""
        page.click(radio)


class Keyboard:
    """Tab until it has the focus, which must be seen; then Enter, letters, arrows."""

    def press(self, page: Any, wanted: str) -> None:
        """Tab to it, and Enter."""
        self._go_to(page, wanted)
        page.keyboard.press("Enter")

    def write(self, page: Any, field: str, text: str) -> None:
        """Tab to it and type."""
        self._go_to(page, field)
        page.keyboard.press("Control+A")
        page.keyboard.type(text)

    def choose(self, page: Any, radio: str) -> None:
        """Tab to its group, where the chosen one gets the focus, and go on by arrow keys."""
        group = page.get_attribute(radio, "name")
        self._go_to(page, f"[name={group}]")
        for _ in range(page.locator(f"[name={group}]").count()):
            if _has_focus(page, radio):
                break
            page.keyboard.press("ArrowDown")
        assert _has_focus(page, radio)
        assert page.is_checked(radio)

    def _go_to(self, page: Any, wanted: str) -> None:
        page.wait_for_selector(wanted)
        for _ in range(MOST_TABS):
            if _has_focus(page, wanted):
                break
            page.keyboard.press("Tab")
        assert _has_focus(page, wanted), f"{wanted} cannot be reached by Tab"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def _has_focus(page: Any, wanted: str) -> bool:
    return bool(page.evaluate("wanted => document.activeElement.matches(wanted)", wanted))
