"""The pages in a real browser, wide and narrow: nothing cut, nothing too small, everything within reach of a thumb.

The browser's requests are answered by Django's test client in the same thread, so a test sees its own transaction.
"""

from __future__ import annotations

import os
from contextvars import copy_context
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.office.services.test_take_watch import feed, part, report

from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
ORIGIN = "http://localhost"
REDIRECT = 302
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

# What is wrong with a page, as the browser lays it out.
MEASURE = """
() => {
  const faults = [];
  const seen = e => { const r = e.getBoundingClientRect(); const s = getComputedStyle(e);
    return r.width > 1 && r.height > 1 && s.visibility !== 'hidden' && !e.closest('.only-read-aloud, .skip, thead'); };
  const name = e => e.tagName.toLowerCase() + ' ' + (e.textContent || e.name || '').trim().slice(0, 40);
  if (document.documentElement.scrollWidth > innerWidth) faults.push('the page scrolls sideways');
  for (const e of document.querySelectorAll('body *')) {
    if (!seen(e)) continue;
    const r = e.getBoundingClientRect();
    if (!e.closest('svg') && (r.right > innerWidth + 1 || r.left < -1)) faults.push('outside: ' + name(e));
    const control = e.matches('button, select, a.button, nav a, .crumbs a, textarea, ' +
      'input:not([type=hidden], [type=radio], [type=checkbox])');
    if (control && r.height < 43.5) faults.push('too small for a thumb: ' + name(e) + ' ' + r.height);
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (own && !['title', 'desc', 'option'].includes(e.tagName)) {
      const scale = e.tagName === 'text' ? e.getScreenCTM().a : 1;
      if (parseFloat(getComputedStyle(e).fontSize) * scale < 15) faults.push('too small to read: ' + name(e));
      const hides = getComputedStyle(e).overflowX === 'hidden';
      if (hides && e.scrollWidth > e.clientWidth + 1) faults.push('cut: ' + name(e));
    }
  }
  return faults;
}
"""


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    # Playwright's loop stands still while Django answers in its thread.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def screen(chromium, browser):
    """`screen(width, language, book)`: a page whose requests the test client answers."""
    contexts = []

    def make(width, language, book=None):
        client = browser(book=book, language=language, strict=True)
        context = chromium.new_context(viewport={"width": width, "height": 900}, locale="ja-JP")
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda told: page.faults.append(told.text) if told.type == "error" else None)
        here = copy_context()  # Django keeps the test's connection, and so its transaction, by context
        page.route("**/*", lambda route: answer(route, client, here))
        return page

    yield make
    for context in contexts:
        context.close()


def answer(route, client, here):
    """What the office answers; the browser itself follows redirects, so that its address is right."""
    path = urlsplit(route.request.url).path
    if path.startswith("/static/"):
        return route.fulfill(body=static(path.removeprefix("/static/")), content_type=KINDS[Path(path).suffix])
    told = here.run(ask, client, route.request)
    if told.status_code == REDIRECT:
        onward = f'<meta http-equiv="refresh" content="0;url={told["Location"]}">'
        return route.fulfill(status=200, content_type="text/html", body=onward)
    kept = {name: told[name] for name in ("Content-Security-Policy", "Content-Type") if name in told}
    return route.fulfill(status=told.status_code, body=told.content, headers=kept)


def ask(client, request):
    """The request, put to Django."""
    asked = urlsplit(request.url)
    address = f"{asked.path}?{asked.query}" if asked.query else asked.path
    asking = {name: value for name, value in request.headers.items() if name.startswith("hx-")}
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in asking.items()}
    if request.method == "GET":
        return client.get(address, **headers)
    return client.post(address, request.post_data or "", content_type="application/x-www-form-urlencoded", **headers)


def static(name):
    from django.contrib.staticfiles import finders

    return Path(finders.find(name)).read_bytes()


@pytest.fixture
def incident(cast, make_call_book, open_case, now_ms):
    """A held line of customer A, with calls and a bar: (case, bar, book)."""
    from sekisho.office.services.set_bar import set_bar

    told = [{"country": code, "charge_milliyen": 1_750_000} for code in ("SL", "GM", "LR", "BA", "CF", "KN")]
    book = make_call_book(*[(cast.line_a, now_ms - at * MINUTE_MS, told[at % 6]) for at in range(40)])
    case = open_case(cast.line_a, now_ms - 30 * MINUTE_MS, action="hold")
    about = {"owner": "customer", "reason": "the PBX is checked", "proof": "Mr. A by telephone"}
    bar = set_bar(line=cast.line_a, now_ms=now_ms - MINUTE_MS, by=cast.east_operator, **about).bar
    return case, bar, book


@pytest.fixture
def trouble(cast, now_ms, incident, open_case, shadow):
    """A watch that has all kinds of trouble, and a shadow that saw some of it sooner."""
    from sekisho.office.services.close_case import close_case
    from sekisho.office.services.take_health import take_health
    from sekisho.office.services.take_watch import take_watch

    for name in ("intake", "judge", "archive", "relay", "watchdog", "shadow.night"):
        take_health([{"part": name, "at_ms": now_ms, "started_ms": 1, "position": 1, "behind": 0}])
    at = {"last_event_ms": now_ms - 13 * MINUTE_MS, "silent_ms": 13 * MINUTE_MS, "expected": 31.4}
    feeds = [feed("sbc-tokyo-01", state="late", **at), feed("pbx-osaka", last_event_ms=now_ms - 9_000)]
    feeds += [feed(kind=kind, source="", state="learning", last_event_ms=now_ms) for kind in ("attempts", "verdicts")]
    states = {"judge": "silent", "ticks": "silent", "archive": "stuck", "relay": "ok", "intake": "never"}
    parts = [part(name, state=state, last_ms=now_ms - 42_000, behind=7) for name, state in states.items()]
    gaps = ["sbc-tokyo-01/cdr-000124.csv to cdr-000131.csv never came (8 files)"]
    hour = now_ms - now_ms % HOUR_MS
    hours = [[hour - (23 - at) * HOUR_MS, 0 if at in (20, 21) else at * 3, at * 3.5] for at in range(24)]
    told = {"at_ms": now_ms, "feeds": [{"company": "east", "source": "sbc-tokyo-01", "kind": "calls", "hours": hours}]}
    take_watch([report(now_ms - 2_000, feeds=feeds, parts=parts, gaps=gaps), ("hours", told)])
    days = [(f"s{at}", cast.line_a, now_ms - at * 17 * HOUR_MS, {"action": "ask"}) for at in range(30)]
    closed = open_case(cast.line_a2, now_ms - 9 * HOUR_MS, spend_today=9_876_543_000)
    close_case(case=closed, outcome="fraud", now_ms=now_ms - MINUTE_MS, by=cast.east_operator)
    hold = {"action": "hold", "spend_today": 1_234_567_000}
    sooner = [(f"t{line}", line, now_ms - 10 * HOUR_MS, hold) for line in (cast.line_a2, cast.line_b)]
    shadow([*days, *sooner])


@pytest.mark.parametrize(
    ("markup", "says"),
    [
        ('<p style="width: 900px">wide</p>', "scrolls sideways"),
        ('<p style="font-size: 12px">small</p>', "too small to read"),
        ('<button style="height: 20px">press</button>', "too small for a thumb"),
        ('<p style="width: 40px; overflow: hidden; white-space: nowrap">a long text</p>', "cut"),
    ],
)
def test_can_fail(markup, says, chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 800})
    page.set_content(f"<body style='font-size: 16px'>{markup}</body>")
    assert any(says in fault for fault in page.evaluate(MEASURE))
    page.close()


def sign_in(page, login, password):
    page.goto(f"{ORIGIN}/sign-in")
    page.fill("#username", login)
    page.fill("#password", password)
    page.click("main button")
    page.wait_for_selector(".who form + form")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_fits_the_screen(width, language, screen, cast, incident, trouble):
    case, bar, book = incident
    page = screen(width, language, book)
    folder, faults = os.environ.get("SEKISHO_SCREENSHOTS"), []

    def look(address):
        page.goto(f"{ORIGIN}{address}")
        if folder:
            name = address.strip("/").replace("/", "-").partition("?")[0] or "home"
            page.screenshot(path=Path(folder) / f"{name}-{language}-{width}.png", full_page=True)
        faults.extend(f"{address}: {fault}" for fault in page.evaluate(MEASURE))

    look("/sign-in")
    sign_in(page, "east_operator", cast.password)
    there = f"/desk/cases/{case}/"
    ends = ("bar", f"lift/{bar}", "release", "close")
    for address in ("/desk/", there, *(f"{there}{end}/" for end in ends), "/desk/watch/"):
        look(address)
    page.goto(f"{ORIGIN}{there}")
    page.click("#calls button")
    page.wait_for_selector("#calls table")
    look(f"{there}?calls=all")
    for login, addresses in (
        ("east_auditor", ("/desk/shadows/", "/desk/shadows/night/", f"/desk/shadows/night/lines/{cast.line_b[1:]}/")),
        ("a_admin", ("/portal/", "/portal/calls/")),
    ):
        page.context.clear_cookies()
        page.click(".who form + form button")
        page.wait_for_selector("#password")
        sign_in(page, login, cast.password)
        for address in addresses:
            look(address)
    assert not faults, "\n".join(faults)
    assert page.faults == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_line_is_barred_by_keyboard_alone(language, screen, cast, open_case, now_ms, posted):
    from sekisho.office.models import Bar, Order

    case = open_case(cast.line_a, now_ms - MINUTE_MS)
    page = screen(1280, language)
    page.goto(f"{ORIGIN}/desk/")
    page.wait_for_selector("#password")
    page.keyboard.type("east_operator")  # the field has the focus
    page.keyboard.press("Tab")
    page.keyboard.type(cast.password)
    page.keyboard.press("Enter")
    go_on(page, f"case-{case}")
    go_on(page, "do-bar")
    go_on(page, "confirm")
    page.wait_for_selector("#restrictions-title")
    assert page.locator("ol.steps li.now").count() == 1
    assert [row.body["owner"] for row in posted()] == ["emergency"]
    Order.objects.update(state="completed", executing_ms=now_ms + 80, completed_ms=now_ms + 212)
    Bar.objects.update(acknowledged_version=1, in_force_ms=now_ms + 212)
    page.wait_for_selector("text=/0\\.21/", timeout=10_000)  # by itself
    assert page.locator("ol.steps li.done").count() == 3


def go_on(page, wanted):
    """Tab until the element with this id has the focus, then Enter."""
    page.wait_for_selector(f"#{wanted}")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == wanted:
            break
    assert page.evaluate("document.activeElement.id") == wanted
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#{wanted}", state="detached")


def test_the_queue_fills_by_itself_and_keeps_the_focus(screen, cast, open_case, now_ms):
    first = open_case(cast.line_a, now_ms - MINUTE_MS)
    page = screen(1280, "en")
    page.goto(f"{ORIGIN}/desk/")
    sign_in(page, "east_operator", cast.password)
    page.focus(f"#case-{first}")
    second = open_case(cast.line_b, now_ms - MINUTE_MS)
    page.wait_for_selector(f"#case-{second}", timeout=10_000)
    assert page.evaluate("document.activeElement.id") == f"case-{first}"
