"""What has to be done before the office can work: settings, tables, catalogues."""

from __future__ import annotations

import os
from pathlib import Path

import django
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings as configured
from django.core.management import call_command

from sekisho.core.numbering.plan import build_plan, resolve
from sekisho.core.terms.errors import BadSetting
from sekisho.office.settings import LOCALE, django_settings
from sekisho.wiring.settings import Settings


def prepare(settings: Settings) -> None:
    """Make the office ready to be served: Django set up, tables as the models have them, catalogues compiled.

    Harmless where it was done before. Raises BadSetting.
    """
    compile_catalogues()  # before anything else: Django translates while it is set up, and reads a catalogue only once
    django_setup(settings)
    call_command("migrate", interactive=False, verbosity=0)


def django_setup(settings: Settings) -> None:
    """Let this process use the office's tables. One process has one office: again with another one is BadSetting."""
    if configured.configured:
        if settings != configured.SEKISHO:
            raise BadSetting(f"this process works for {configured.SEKISHO.home}; start another one for {settings.home}")
    else:
        settings.home.mkdir(parents=True, exist_ok=True)
        configured.configure(**django_settings(settings))
    if not apps.ready:
        django.setup()


def warm_up() -> None:
    """Build the dialling plan, and load its kernels, before somebody waits for it: that takes seconds."""
    resolve(build_plan(), "", "0312345678")


def compile_catalogues(locale: Path = LOCALE) -> list[Path]:
    """Write every `.mo` that is older than its `.po`, beside it; returns those written."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
        unfinished = target.with_name(f"{target.name}.{os.getpid()}.tmp")
        with unfinished.open("wb") as file:
            write_mo(file, catalogue)
        unfinished.replace(target)
        written.append(target)
    return written
