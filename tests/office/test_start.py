"""What has to be done before the office works: settings, tables, catalogues."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from sekisho.core.terms.errors import BadSetting
from sekisho.office.start import compile_catalogues, django_setup, prepare
from sekisho.wiring.settings import read_settings

CATALOGUE = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Bar"
msgstr "発信規制"
"""


@pytest.fixture
def locale(tmp_path):
    folder = tmp_path / "locale" / "ja" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(CATALOGUE, "utf-8")
    return tmp_path / "locale"


def test_no_model_lacks_its_migration(office):
    from django.core.management import call_command

    call_command("makemigrations", "office", check=True, dry_run=True, verbosity=0)
    assert (Path(office.home) / "office.sqlite").is_file()


def test_preparing_again_is_harmless(office):
    from sekisho.office.models import Company

    prepare(office)
    assert Company.objects.filter(code="east").exists()


def test_one_process_has_one_office(office, tmp_path):
    with pytest.raises(BadSetting, match="start another one"):
        django_setup(read_settings({"SEKISHO_HOME": str(tmp_path)}))


def test_the_database_is_in_write_ahead_mode(db):
    from django.db import connection

    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_catalogue_is_compiled_when_it_is_older(locale):
    (target,) = compile_catalogues(locale)
    assert "発信規制".encode() in target.read_bytes()
    assert compile_catalogues(locale) == []
    source = target.with_suffix(".po")
    source.write_text(CATALOGUE.replace("発信規制", "規制"), "utf-8")
    later = time.time() + 5
    os.utime(source, (later, later))
    assert compile_catalogues(locale) == [target]
    assert "発信規制".encode() not in target.read_bytes()
    assert [path.name for path in sorted(target.parent.iterdir())] == ["django.mo", "django.po"]
