"""Whoever guesses at a login is locked out for a while: that login from that address, nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest


@pytest.fixture
def sign_in(cast):
    from django.contrib.auth import authenticate
    from django.test import RequestFactory

    def try_it(login: str, password: str, address: str = "192.0.2.1") -> bool:
        request = RequestFactory().post("/sign-in", REMOTE_ADDR=address)
        return authenticate(request, username=login, password=password) is not None

    return try_it


def test_five_wrong_passwords_lock_the_login_for_that_address(sign_in, cast):
    for _ in range(5):
        assert not sign_in("a_viewer", "wrong")
    assert not sign_in("a_viewer", cast.password)
    assert sign_in("a_viewer", cast.password, "192.0.2.2")
    assert sign_in("east_operator", cast.password)


def test_the_lock_opens_after_a_while(sign_in, cast):
    from axes.models import AccessAttempt
    from django.conf import settings
    from django.db.models import F

    for _ in range(5):
        sign_in("a_viewer", "wrong")
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - settings.AXES_COOLOFF_TIME - timedelta(seconds=1))
    assert sign_in("a_viewer", cast.password)


def test_four_wrong_passwords_are_forgiven(sign_in, cast):
    for _ in range(4):
        sign_in("a_viewer", "wrong")
    assert sign_in("a_viewer", cast.password)
