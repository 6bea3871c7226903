"""What the web server serves: `sekisho.office.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from sekisho.office.start import django_setup, warm_up
from sekisho.wiring.settings import read_settings

django_setup(read_settings(os.environ))
warm_up()
application = get_wsgi_application()
