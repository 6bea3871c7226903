"""Headers of every answer."""

from __future__ import annotations

import pytest


@pytest.fixture
def answer(office):
    from django.http import HttpResponse
    from django.test import RequestFactory

    from sekisho.office.middleware.headers import SecurityHeaders

    def get(path: str, **headers: str):
        return SecurityHeaders(lambda _: HttpResponse("", headers=headers))(RequestFactory().get(path))

    return get


def test_only_our_own_files_are_loaded(answer):
    policy = answer("/desk/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_pages_are_kept_in_no_cache_but_files_are(answer):
    assert answer("/portal/").headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in answer("/static/desk.css").headers
    assert answer("/portal/", **{"Cache-Control": "max-age=1"}).headers["Cache-Control"] == "max-age=1"
