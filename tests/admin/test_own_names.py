"""What an admin page calls on itself, it has: mixins name methods unseen by types; and nothing is kept on it."""

import ast
import inspect
import textwrap

import pytest
from django.contrib.admin import ModelAdmin

from cxcrm.admin_site import platform_site, tenant_site

ADMINS = [*tenant_site._registry.values(), *platform_site._registry.values()]


def _of_itself(owner: type, how: type[ast.expr_context]) -> set[str]:
    """The names read (``ast.Load``) or written (``ast.Store``) as ``self.name`` in the methods of ``owner``."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(owner)))
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, how)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }


@pytest.mark.parametrize("admin", ADMINS, ids=lambda admin: f"{admin.admin_site.name}-{admin.opts.label}")
def test_a_page_has_what_it_calls_on_itself(admin: ModelAdmin) -> None:
    ours = [
        owner for owner in type(admin).__mro__ if not owner.__module__.startswith(("django.", "unfold.", "builtins"))
    ]
    assert ours
    # One object serves all requests of all firms at the same time: what it kept of one would be told to another.
    assert {(owner.__qualname__, name) for owner in ours for name in _of_itself(owner, ast.Store)} == set()
    missing = {
        (owner.__qualname__, name) for owner in ours for name in _of_itself(owner, ast.Load) if not hasattr(admin, name)
    }
    assert missing == set()
