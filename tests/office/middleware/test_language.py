"""The language of a page: the cookie's, Japanese without one, whatever the browser would like."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("cookie", "browser", "language"),
    [
        (None, "en-US,en;q=0.9", "ja"),
        (None, "", "ja"),
        ("en", "ja", "en"),
        ("ja", "en", "ja"),
        ("fr", "fr", "ja"),
        ("../../etc", "en", "ja"),
    ],
)
def test_the_language_of_a_page(office, cookie, browser, language):
    from django.http import HttpResponse
    from django.test import RequestFactory
    from django.utils import translation

    from sekisho.office.middleware.language import CookieLanguage

    request = RequestFactory().get("/", headers={"accept-language": browser})
    if cookie is not None:
        request.COOKIES["sekisho_language"] = cookie
    before = translation.get_language()
    answer = CookieLanguage(lambda _: HttpResponse(translation.get_language()))(request)
    assert (answer.content.decode(), answer.headers["Content-Language"]) == (language, language)
    assert language == request.LANGUAGE_CODE
    assert translation.get_language() == before
