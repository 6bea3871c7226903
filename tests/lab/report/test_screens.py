"""The report in a real browser, wide and narrow, light and dark: nothing cut, overlapping or too small."""

from __future__ import annotations

import pytest
from tests.lab.report.made_report import report

from sekisho.lab.report.page import report_page
from sekisho.lab.report.words import LANGUAGES

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]

MEASURE = """
() => {
  const faults = [];
  const name = e => e.tagName.toLowerCase() + ' ' + (e.textContent || '').trim().slice(0, 40);
  const seen = e => { const r = e.getBoundingClientRect();
    return r.width > 1 && r.height > 1 && !e.closest('.read-aloud, thead:not(:has(th:nth-child(2)))'); };
  if (document.documentElement.scrollWidth > innerWidth) faults.push('the page scrolls sideways');
  for (const e of document.querySelectorAll('body *')) {
    if (!seen(e) || getComputedStyle(e.closest('thead') || e).clipPath !== 'none') continue;
    const r = e.getBoundingClientRect();
    if (r.right > innerWidth + 1 || r.left < -1) faults.push('outside: ' + name(e));
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (own && !['title', 'desc'].includes(e.tagName)) {
      const scale = e.tagName === 'text' ? e.getScreenCTM().a : 1;
      if (parseFloat(getComputedStyle(e).fontSize) * scale < 15) faults.push('too small to read: ' + name(e));
      if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline' && e.tagName !== 'text')
        faults.push('cut: ' + name(e));
    }
  }
  for (const svg of document.querySelectorAll('svg.drawing')) {
    const texts = [...svg.querySelectorAll('text')].filter(seen).map(e => [e, e.getBoundingClientRect()]);
    texts.forEach(([e, a], i) => texts.slice(i + 1).forEach(([f, b]) => {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 6) faults.push('over one another: ' + name(e) + ' / ' + name(f));
    }));
  }
  return faults;
}
"""
CONTRAST = """
() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } };
  const faults = [];
  for (const e of document.querySelectorAll('h1, h2, h3, p, th, td, dt, dd, small, li, b')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.getBoundingClientRect().width) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faults.push(e.textContent.trim().slice(0, 30) + ' ' + ratio.toFixed(2));
  }
  return faults;
}
"""


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The address of the report in each language."""
    folder, made = tmp_path_factory.mktemp("report"), report()
    for language in LANGUAGES:
        (folder / f"{language}.html").write_text(report_page(made, language), "utf-8")
    return {language: (folder / f"{language}.html").as_uri() for language in LANGUAGES}


@pytest.fixture
def screen(chromium, pages):
    """`screen(width, language, scheme)`: the open page; what it says to the console and asks for is noted."""
    contexts = []

    def show(width, language, scheme="light"):
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.told, page.asked = [], []
        page.on("console", lambda message: page.told.append(message.text))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(pages[language])
        return page

    yield show
    for context in contexts:
        context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_cut_and_nothing_overlaps(screen, pages, width, language):
    page = screen(width, language)
    assert page.evaluate(MEASURE) == []
    assert page.told == []
    assert page.asked == [pages[language]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(screen, scheme):
    assert screen(1280, "ja", scheme).evaluate(CONTRAST) == []


def test_dark_is_dark(screen):
    colour = "getComputedStyle(document.body).backgroundColor"
    assert screen(390, "ja", "dark").evaluate(colour) != screen(390, "ja", "light").evaluate(colour)


def test_the_measure_sees_what_is_wrong(screen):
    page = screen(390, "en")
    page.evaluate("""() => {
      document.querySelector('h1').style.width = '900px';
      document.querySelector('h2').style.fontSize = '9px';
      const text = document.querySelector('.when-narrow svg text');
      text.parentNode.append(text.cloneNode(true));
    }""")
    faults = "\n".join(page.evaluate(MEASURE))
    for fault in ("scrolls sideways", "outside: h1", "too small to read: h2", "over one another"):
        assert fault in faults
