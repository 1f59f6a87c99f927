"""The WSGI application."""

import gc
import os
from contextlib import suppress
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxcrm.settings")

application = get_wsgi_application()

from cxcrm.core.db.pooling import refuse_transaction_pooling  # noqa: E402 - after setup

# While the database is away requests are answered 503; bootstrap has looked before.
with suppress(OperationalError):
    refuse_transaction_pooling()
connection.close()

# The pages are loaded before somebody asks for the first of them, and what is loaded stays: the collector need not walk
# through all of it while somebody waits.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
