"""The settings Django loads; everything comes from the environment, so one module serves all uses."""

from cxcrm.settings.base import *
from cxcrm.settings.celery import *
from cxcrm.settings.unfold import *
