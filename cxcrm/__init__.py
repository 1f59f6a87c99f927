"""The roof: settings, addresses and the Celery application; imported by nobody."""

from cxcrm.celery import app as celery_app

__all__ = ["celery_app"]
