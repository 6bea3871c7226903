"""What has to be done before the office works: settings, tables, catalogues."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sekisho
from sekisho.core.terms.errors import BadSetting
from sekisho.office.start import compile_catalogues, django_setup, prepare
from sekisho.wiring.settings import read_settings

CATALOGUE = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Bar"
msgstr "発信規制"
"""


FRESH = """
from django.utils.translation import gettext, override

from sekisho.office.start import prepare
from sekisho.wiring.settings import read_settings

prepare(read_settings({"SEKISHO_HOME": "home"}))
with override("ja"):
    print(gettext("Automatic hold"))
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


def test_the_first_process_of_all_speaks_japanese(tmp_path):
    """In a fresh checkout no catalogue is compiled yet."""
    without = shutil.ignore_patterns("*.mo", "__pycache__")
    shutil.copytree(Path(sekisho.__file__).parent, tmp_path / "sekisho", ignore=without)
    told = subprocess.run(
        [sys.executable, "-c", FRESH],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    assert told.stdout.strip() == "自動保留"
    assert (tmp_path / "sekisho/office/locale/ja/LC_MESSAGES/django.mo").exists()


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
