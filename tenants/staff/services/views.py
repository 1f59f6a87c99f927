"""Saved views are kept, renamed, shared, moved to the front and thrown away here."""

from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.db import transaction
from django.db.models import F

from tenants.staff.errors import TooManyViews, ViewNameMissing, ViewNameTaken, ViewNotFound, ViewUnfit
from tenants.staff.models import SavedView, User
from tenants.staff.selectors.views import may_change, views_for

MAX_VIEWS = 20
MAX_NAME = 60
MAX_QUERY = 1000
# What an address says about the page it is on, not about which rows are meant.
_OF_THE_PAGE = frozenset({"p", "all", "e", "_popup", "_to_field", "_changelist_filters", "page"})


def tidy(query: str) -> str:
    """``query`` without what belongs to one page only, in one order, so that equal filters read equal."""
    pairs = parse_qsl(query)
    return urlencode(sorted((name, value) for name, value in pairs if name not in _OF_THE_PAGE and value != ""))


@transaction.atomic
def save_view(*, owner_id: UUID, model: str, name: str, query: str, is_shared: bool = False) -> SavedView:
    """Keep ``query`` of the list ``model`` under ``name``; the owner's view of that name is replaced.

    Whether the list understands the query is the door's to know. Raises ViewNameMissing, ViewUnfit, TooManyViews.
    """
    User.objects.select_for_update().get(pk=owner_id)
    name, query = _named(name), tidy(query)
    if len(query) > MAX_QUERY:
        raise ViewUnfit
    mine = SavedView.objects.filter(owner_id=owner_id, model=model)
    view = mine.filter(name=name).first()
    if view is None:
        if mine.count() >= MAX_VIEWS:
            raise TooManyViews(limit=MAX_VIEWS)
        view = SavedView(owner_id=owner_id, model=model, name=name, position=mine.count() + 1)
    view.query, view.is_shared = query, is_shared
    view.save()
    return view


@transaction.atomic
def rename_view(*, view_id: UUID, name: str, by: User) -> SavedView:
    """Raises ViewNotFound, ViewNameMissing, ViewNameTaken."""
    view = _mine(view_id, by)
    view.name = _named(name)
    same = SavedView.objects.filter(owner_id=view.owner_id, model=view.model, name=view.name)
    if same.exclude(pk=view.pk).exists():
        raise ViewNameTaken(name=view.name)
    view.save(update_fields=["name"])
    return view


@transaction.atomic
def share_view(*, view_id: UUID, is_shared: bool, by: User) -> SavedView:
    """Show it to the whole firm, or to its owner only again. Raises ViewNotFound."""
    view = _mine(view_id, by)
    view.is_shared = is_shared
    view.save(update_fields=["is_shared"])
    return view


@transaction.atomic
def put_first(*, view_id: UUID, by: User) -> SavedView:
    """Put it before all others of its owner on that list. Raises ViewNotFound."""
    view = _mine(view_id, by)
    others = SavedView.objects.filter(owner_id=view.owner_id, model=view.model, position__lt=view.position)
    others.update(position=F("position") + 1)
    view.position = 1
    view.save(update_fields=["position"])
    return view


@transaction.atomic
def remove_view(*, view_id: UUID, by: User) -> None:
    """Raises ViewNotFound."""
    _mine(view_id, by).delete()


def _named(name: str) -> str:
    name = " ".join(name.split())[:MAX_NAME]
    if not name or not name.isprintable():
        raise ViewNameMissing(field="name")
    return name


def _mine(view_id: UUID, by: User) -> SavedView:
    """The view, locked with its owner's others, when ``by`` may change it: what one may not see does not exist."""
    found = SavedView.objects.filter(pk=view_id).first()
    if found is not None:
        User.objects.select_for_update().get(pk=found.owner_id)
    view = SavedView.objects.select_for_update().filter(pk=view_id).first()
    if view is None or not may_change(by, view.owner_id) or not views_for(by, view.model).filter(pk=view_id).exists():
        raise ViewNotFound
    return view
