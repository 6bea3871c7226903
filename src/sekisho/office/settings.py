"""Django's settings, made from ours (`wiring/settings.py`). Nothing here reads the environment."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from sekisho.core.terms.errors import BadSetting
from sekisho.wiring.settings import Settings

LANGUAGE_COOKIE: Final = "sekisho_language"
LOCALE: Final = Path(__file__).parent / "locale"
_LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
_SIGN_IN_FAILURES: Final = 5
_LOCKED: Final = timedelta(minutes=15)
_SESSION_S: Final = 12 * 60 * 60  # a shift
_BUSY_S: Final = 20
_KEY_BYTES: Final = 50

_APPS: Final = (
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "sekisho.office.apps.OfficeConfig",
)
_MIDDLEWARE: Final = (
    "sekisho.office.middleware.headers.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "sekisho.office.middleware.language.CookieLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",  # last, so that it sees a refused sign-in before anybody else
)
_CONTEXT: Final = (
    "django.template.context_processors.request",
    "django.template.context_processors.i18n",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
)


def django_settings(settings: Settings) -> dict[str, Any]:
    """Every setting of Django that is not its default. Raises BadSetting for a database address nobody understands."""
    return {
        "SEKISHO": settings,  # ours, for whoever opens edges through the wiring
        "DEBUG": False,
        "SECRET_KEY": _secret_key(settings.secret_key_file),
        "ALLOWED_HOSTS": sorted({*_LOOPBACK, settings.web_host}),
        "INSTALLED_APPS": list(_APPS),
        "MIDDLEWARE": list(_MIDDLEWARE),
        "ROOT_URLCONF": "sekisho.office.urls",
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": list(_CONTEXT)},
            }
        ],
        "DATABASES": {"default": _database(settings)},
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "STATIC_URL": "/static/",
        "WHITENOISE_USE_FINDERS": True,  # the files lie in the package: nothing is collected
        "LOGGING_CONFIG": None,  # the doors log
        **_sign_in(),
        **_cookies(),
        **_languages(),
    }


def _sign_in() -> dict[str, Any]:
    return {
        "AUTH_USER_MODEL": "office.User",
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend",
            "django.contrib.auth.backends.ModelBackend",
        ],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.ScryptPasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {
                "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
                "OPTIONS": {"min_length": 12},
            },
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
        ],
        "LOGIN_URL": "/sign-in",
        "LOGIN_REDIRECT_URL": "/",
        # A login is locked for an address that guesses at it, not for everybody: else anybody could lock out the desk.
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "AXES_FAILURE_LIMIT": _SIGN_IN_FAILURES,
        "AXES_COOLOFF_TIME": _LOCKED,
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT": False,
        "AXES_USERNAME_FORM_FIELD": "username",
        "AXES_LOCKOUT_CALLABLE": "sekisho.office.sign_in.locked.locked_out",
        "AXES_VERBOSE": False,
        "AXES_ENABLE_ADMIN": False,
    }


def _cookies() -> dict[str, Any]:
    return {
        "SESSION_COOKIE_NAME": "sekisho_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_AGE": _SESSION_S,
        "CSRF_COOKIE_NAME": "sekisho_csrf",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Strict",
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        "X_FRAME_OPTIONS": "DENY",
    }


def _languages() -> dict[str, Any]:
    return {
        "USE_I18N": True,
        "LANGUAGE_CODE": "ja",
        "LANGUAGES": [("ja", "日本語"), ("en", "English")],
        "LOCALE_PATHS": [LOCALE],
        "LANGUAGE_COOKIE_NAME": LANGUAGE_COOKIE,
    }


def _secret_key(path: Path) -> str:
    """The key that signs sessions; made, readable by its owner only, where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_text("utf-8").strip()
        if len(key) < _KEY_BYTES:
            raise BadSetting(
                f"{path} holds no key of at least {_KEY_BYTES} signs; remove it to have one made"
            ) from None
        return key
    key = secrets.token_urlsafe(_KEY_BYTES)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(key)
    return key


def _database(settings: Settings) -> dict[str, Any]:
    """SQLite below SEKISHO_HOME, or PostgreSQL by its address."""
    if not settings.database_url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": settings.home / "office.sqlite",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
                "transaction_mode": "IMMEDIATE",  # a reader that becomes a writer halfway would be refused at once
                "timeout": _BUSY_S,
            },
        }
    address = urlsplit(settings.database_url)
    try:
        port = address.port
    except ValueError:
        port = -1
    if address.scheme not in ("postgresql", "postgres") or port == -1 or len(address.path) < len("/x"):
        raise BadSetting("SEKISHO_DATABASE_URL is no address like postgresql://user:password@host:5432/sekisho")
    options = dict(parse_qsl(address.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(address.path[1:]),
        "USER": unquote(address.username or ""),
        "PASSWORD": unquote(address.password or ""),
        "HOST": options.pop("host", "") or unquote(address.hostname or ""),
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
