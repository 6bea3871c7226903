"""Django's settings: what keeps sessions and call details safe, and which database there is."""

from __future__ import annotations

import stat

import pytest

from sekisho.core.terms.errors import BadSetting
from sekisho.office.settings import django_settings
from sekisho.wiring.settings import read_settings


@pytest.fixture
def made(tmp_path):
    def make(**told: str):
        environment = {f"SEKISHO_{name}": text for name, text in told.items()}
        return django_settings(read_settings({"SEKISHO_HOME": str(tmp_path)} | environment))

    return make


def test_nothing_is_shown_that_should_not_be(made):
    settings = made()
    assert settings["DEBUG"] is False
    assert settings["SESSION_COOKIE_HTTPONLY"]
    assert settings["CSRF_COOKIE_HTTPONLY"]
    assert settings["X_FRAME_OPTIONS"] == "DENY"
    assert "*" not in settings["ALLOWED_HOSTS"]
    assert "django.contrib.admin" not in settings["INSTALLED_APPS"]
    assert settings["MIDDLEWARE"][-1] == "axes.middleware.AxesMiddleware"


def test_the_secret_key_is_made_once_and_for_its_owner(made, tmp_path):
    key = made()["SECRET_KEY"]
    assert len(key) >= 50
    assert made()["SECRET_KEY"] == key
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_a_short_secret_key_is_refused(made, tmp_path):
    (tmp_path / "secret-key").write_text("secret")
    with pytest.raises(BadSetting, match="remove it"):
        made()


def test_the_web_host_is_an_allowed_host(made):
    assert made(WEB_HOST="desk.example.jp")["ALLOWED_HOSTS"] == ["127.0.0.1", "[::1]", "desk.example.jp", "localhost"]


def test_the_default_database_is_a_file_at_home(made, tmp_path):
    database = made()["DATABASES"]["default"]
    assert database["NAME"] == tmp_path / "office.sqlite"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_postgresql_by_its_address(made):
    address = "postgresql://desk:p%40ss@db.example.jp:5433/office?sslmode=require"
    database = made(DATABASE_URL=address)["DATABASES"]["default"]
    wanted = {"NAME": "office", "USER": "desk", "PASSWORD": "p@ss", "HOST": "db.example.jp", "PORT": "5433"}
    assert {name: database[name] for name in wanted} == wanted
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_postgresql_behind_a_socket(made):
    database = made(DATABASE_URL="postgresql:///office?host=/run/postgresql")["DATABASES"]["default"]
    assert (database["NAME"], database["HOST"], database["PORT"]) == ("office", "/run/postgresql", "")


@pytest.mark.parametrize("address", ["mysql://a@b/c", "postgresql://host:99999/x", "postgresql://host/"])
def test_an_address_nobody_understands(made, address):
    with pytest.raises(BadSetting, match="DATABASE_URL"):
        made(DATABASE_URL=address)
