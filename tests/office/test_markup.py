"""Every page for people who cannot see it: landmarks, headings, labels, names. Checked on the markup itself."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from tests.office.services.test_take_watch import feed, part, report

from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS

VOID = {"meta", "link", "input", "br", "img", "hr", "path", "rect", "circle"}
FIELDS = {"input", "select", "textarea"}


class Page(HTMLParser):
    """The elements of a page in their order: (tag, attributes, own and inner text)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[list] = []
        self._open: list[list] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append([tag, dict(attrs), ""])
        if tag not in VOID:
            self._open.append(self.elements[-1])

    def handle_startendtag(self, tag, attrs):
        self.elements.append([tag, dict(attrs), ""])

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        for element in self._open:
            element[2] += data

    def all(self, *tags):
        return [element for element in self.elements if element[0] in tags]


def faults_of(text: str) -> list[str]:
    page = Page(text)
    ids = Counter(attrs["id"] for _, attrs, _ in page.elements if "id" in attrs)
    faults = [f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1]
    faults += [f"one <{tag}>, please" for tag in ("main", "header", "footer", "h1", "title") if len(page.all(tag)) < 1]
    faults += [f"<{tag}> stands twice" for tag in ("main", "header", "footer", "h1") if len(page.all(tag)) > 1]
    if page.all("html")[0][1].get("lang") not in ("ja", "en"):
        faults.append("the language is not told")
    faults += headings_out_of_order(page)
    faults += unlabelled(page)
    faults += nameless(page)
    for tag, attrs, _ in page.elements:
        faults += [f"<{tag}> has {name}" for name in attrs if name == "style" or name.startswith("on")]
        for name in ("aria-labelledby", "aria-describedby"):
            faults += [
                f"{name} names {one!r}, which is not there" for one in attrs.get(name, "").split() if one not in ids
            ]
    faults += [f"a script stands in the page: {text[:40]}" for _, _, text in page.all("script") if text.strip()]
    return faults


def headings_out_of_order(page: Page) -> list[str]:
    levels = [int(tag[1]) for tag, _, _ in page.all("h1", "h2", "h3", "h4")]
    return [f"h{one} is followed by h{next_}" for one, next_ in pairwise(levels) if next_ > one + 1]


def unlabelled(page: Page) -> list[str]:
    labels = {attrs.get("for") for _, attrs, text in page.all("label") if text.strip()}
    return [
        f"<{tag} name={attrs.get('name')!r}> has no label"
        for tag, attrs, _ in page.all(*FIELDS)
        if attrs.get("type") != "hidden" and attrs.get("id") not in labels and "aria-label" not in attrs
    ]


def nameless(page: Page) -> list[str]:
    faults = [
        f"<{tag}> has no words" for tag, _, text in page.all("a", "button", "th", "h1", "h2", "h3") if not text.strip()
    ]
    faults += ["<nav> has no name" for _, attrs, _ in page.all("nav") if not attrs.get("aria-label")]
    faults += ["<th> has no scope" for _, attrs, _ in page.all("th") if "scope" not in attrs]
    pictures = [(attrs, text) for tag, attrs, text in page.all("svg") if attrs.get("aria-hidden") != "true"]
    return faults + [
        "a picture does not say what it is" for attrs, text in pictures if attrs.get("role") != "img" or not text
    ]


@pytest.fixture
def pages(cast, browser, make_call_book, open_case, now_ms, shadow):
    """Every page in a language, with something on it: address → markup."""
    from sekisho.office.services.log_contact import log_contact
    from sekisho.office.services.set_bar import set_bar
    from sekisho.office.services.take_watch import take_watch

    book = make_call_book(*[(cast.line_a, now_ms - at * MINUTE_MS, {}) for at in range(30)])
    case = open_case(cast.line_a, now_ms - 20 * MINUTE_MS, action="hold")
    told = {"owner": "customer", "reason": "the PBX is checked", "proof": "Mr. A"}
    bar = set_bar(line=cast.line_a, now_ms=now_ms, by=cast.east_operator, **told).bar
    tried = {"channel": "mail", "who": "Mr. A", "reached": True}
    log_contact(case=case, at_ms=now_ms, now_ms=now_ms, by=cast.east_operator, **tried)

    shadow([("s1", cast.line_a, now_ms - HOUR_MS, {}), ("s2", cast.line_b, now_ms, {"action": "hold"})])
    take_watch([report(now_ms, feeds=[feed(state="late"), feed("pbx")], parts=[part(state="silent"), part("relay")])])

    def read(language):
        desk = browser(cast.east_operator, book, language=language)
        there = f"/desk/cases/{case}/"
        found = {address: desk.get(address).content.decode() for address in ("/desk/", there)}
        desk.post(f"{there}calls/", {"reason": "suspicion"})
        for address in (there, *(f"{there}{page}/" for page in ("bar", f"lift/{bar}", "release", "close"))):
            found[f"{address} again"] = desk.get(address).content.decode()
        found["wrong form"] = desk.post(f"{there}bar/", {"owner": "credit", "reason": ""}).content.decode()
        reader = browser(cast.east_auditor, book, language=language)
        line = f"/desk/shadows/night/lines/{cast.line_b[1:]}/"
        for address in ("/desk/watch/", "/desk/shadows/", "/desk/shadows/night/", line):
            found[address] = reader.get(address).content.decode()
        reader.post(f"{line}calls/", {"reason": "suspicion"})
        found[f"{line} again"] = reader.get(line).content.decode()
        customer = browser(cast.a_viewer, book, language=language)
        for address in ("/portal/", "/portal/calls/", "/nowhere"):
            found[address] = customer.get(address).content.decode()
        nobody = browser(language=language)
        found["/sign-in"] = nobody.get("/sign-in").content.decode()
        found["refused"] = nobody.post("/sign-in", {"username": "x", "password": "y"}).content.decode()
        return found

    return read


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_can_be_used_without_seeing_it(language, pages):
    faults = [f"{address}: {fault}" for address, text in pages(language).items() for fault in faults_of(text)]
    assert not faults, "\n".join(faults)


GOOD = '<html lang="ja"><title>t</title><header></header><main><h1>a</h1>{}</main><footer></footer></html>'


@pytest.mark.parametrize(
    ("markup", "says"),
    [
        ('<input name="x">', "has no label"),
        ("<h3>deep</h3>", "h1 is followed by h3"),
        ("<button><svg aria-hidden='true'></svg></button>", "has no words"),
        ("<svg></svg>", "does not say what it is"),
        ('<p style="color:red">x</p>', "has style"),
        ('<p onclick="x()">x</p>', "has onclick"),
        ('<p id="a">x</p><p id="a">y</p>', "stands 2 times"),
        ('<section aria-labelledby="b">x</section>', "which is not there"),
        ("<h1>again</h1>", "stands twice"),
        ("<nav>x</nav>", "has no name"),
        ("<script>x()</script>", "a script stands in the page"),
    ],
)
def test_can_fail(markup, says):
    faults = faults_of(GOOD.format(markup))
    assert len(faults) == 1
    assert says in faults[0]


def test_a_good_page_passes():
    assert faults_of(GOOD.format('<label for="x">X</label><input id="x"><h2>b</h2><a href="/">home</a>')) == []
