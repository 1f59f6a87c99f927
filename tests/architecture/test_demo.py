"""The demo is started by hand only, so a name it imports may be gone for weeks; here every module of it is loaded."""

from importlib import import_module
from pkgutil import walk_packages

import cxcrm.demo


def test_every_module_of_the_demo_loads():
    loaded = [import_module(found.name) for found in walk_packages(cxcrm.demo.__path__, "cxcrm.demo.")]
    assert {module.__name__ for module in loaded} > {"cxcrm.demo.loader", "cxcrm.demo.management.commands.load_demo"}
