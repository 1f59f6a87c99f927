"""Environments: every place with its score, the page of one, and walking it with a phone in the hand."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from customers.logic.files import is_drawable
from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import ask
from cxcrm.core.downloads import file_response
from cxcrm.core.errors import DomainError
from cxcrm.core.once import reading_once
from journeys.admin.tones import KIND_ICONS, tone_of
from journeys.logic.environments import lines_of, score
from journeys.models import AuditItem, Environment, EnvironmentAudit, Stage, Touchpoint
from journeys.selectors.environments import Standing, environments, photo_of, points_of, standings_of
from journeys.services import environments as services
from tenants.staff.models import Branch, Department, User


class EnvironmentForm(WorkForm):
    """A place, who answers for it, and what is looked at there."""

    name = forms.CharField(label=_("Name"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Environment.Kind.choices)
    accountable = forms.ModelChoiceField(
        queryset=None, label=_("Who answers for it?"), help_text=_("One person. They are reminded when it is due.")
    )
    stands = forms.ChoiceField(
        label=_("Where it stands on the journey"),
        required=False,
        help_text=_("Its score is shown there on the map of the journey."),
    )
    branch = forms.ModelChoiceField(queryset=None, label=_("Branch"), required=False)
    department = forms.ModelChoiceField(queryset=None, label=_("Department in charge"), required=False)
    items = forms.CharField(
        label=_("What is looked at"),
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
        help_text=_("One point a line, up to 20, in the order one walks. Left empty: the usual ones of its kind."),
    )

    def __init__(self, *args: Any, place: Environment | None = None, **kwargs: Any) -> None:
        if place is not None:
            told = {name: getattr(place, name) for name in ("name", "name_en", "kind", "accountable", "branch")}
            kwargs["initial"] = {**told, "department": place.department, "items": "\n".join(place.items)}
            kwargs["initial"]["stands"] = _standing_at(place)
        super().__init__(*args, **kwargs)
        self.fields["stands"].choices = _spots(place)
        self.fields["accountable"].queryset = User.objects.working().order_by("full_name")
        self.fields["branch"].queryset = Branch.objects.filter(is_active=True)
        self.fields["department"].queryset = Department.objects.all()
        if place is not None:
            self.fields["items"].required = True

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        chosen = {f"{name}_id": data.pop(name, None) for name in ("accountable", "branch", "department")}
        items = lines_of(data.pop("items", ""))
        at, _colon, ident = data.pop("stands", "").partition(":")
        chosen = {name: row.pk if row else None for name, row in chosen.items()}
        stands = {"stage_id": None, "touchpoint_id": None} | ({f"{at}_id": ident} if at else {})
        return {**data, **chosen, **stands, "items": items}


def _standing_at(place: Environment) -> str:
    """Its stage or touchpoint as the form has it."""
    if place.touchpoint_id:
        return f"touchpoint:{place.touchpoint_id}"
    return f"stage:{place.stage_id}" if place.stage_id else ""


def _spots(place: Environment | None) -> list[Any]:
    """Whole stages and touchpoints in use to choose from, and where ``place`` stands now all the same."""
    used = Q(is_active=True) | Q(pk=place.touchpoint_id if place else None)
    touchpoints = Touchpoint.objects.filter(used).select_related("stage")
    return [
        ("", _("nowhere in particular")),
        (_("Whole stages"), [(f"stage:{row.pk}", str(row)) for row in Stage.objects.order_by("journey", "position")]),
        (_("Touchpoints"), [(f"touchpoint:{row.pk}", f"{row.stage} › {row}") for row in touchpoints]),
    ]


class WalkForm(WorkForm):
    """Three buttons for each point, and a line for what is wrong; large enough for a thumb."""

    def __init__(self, place: Environment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(place.items)
        for number, text in enumerate(self.items):
            self.fields[f"result-{number}"] = forms.ChoiceField(
                label=text,
                choices=AuditItem.Result.choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("In order or not?")},
            )
            self.fields[f"note-{number}"] = forms.CharField(
                label=_("What is wrong?"), max_length=services.NOTE, required=False
            )
            self.fields[f"photo-{number}"] = forms.FileField(
                label=_("Photo"),
                required=False,
                widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment", "class": "cx-file"}),
            )
            # As it was read: a checklist changed meanwhile is noticed.
            self.fields[f"text-{number}"] = forms.CharField(widget=forms.HiddenInput, initial=text)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "result": self[f"result-{number}"],
                "note": self[f"note-{number}"],
                "photo": self[f"photo-{number}"],
                "text": self[f"text-{number}"],
            }
            for number in range(len(self.items))
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        found = []
        for number in range(len(self.items)):
            result, note = data.get(f"result-{number}"), data.get(f"note-{number}", "")
            if result == AuditItem.Result.FAIL and not note.strip():
                self.add_error(f"note-{number}", _("Say in a few words what is wrong."))
            upload = data.get(f"photo-{number}")
            content = upload.read() if upload else b""
            name = upload.name if upload else ""
            found.append(services.Found(data.get(f"text-{number}", ""), result or "", note, content, name))
        return {"found": found}


class EnvironmentAdmin(RoomAdmin):
    """Own pages instead of a list: what is late and what is worst stands first."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Environment]:
        return Environment.objects.select_related("branch", "department", "accountable", "stage", "touchpoint__stage")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path(f"<path:object_id>/{name}/", view(act), name=f"journeys_environment_{name}")
            for name, act in (("edit", self.edit_view), ("walk", self.walk_view), ("do", self.do_view))
        ] + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        with reading_once():
            found = standings_of(environments())
            walked = [one.latest for one in found if one.latest]
            whole = score(sum(walk.passed for walk in walked), sum(walk.rated for walk in walked))
            return self.page(
                request,
                "admin/journeys/environments.html",
                title=_("Environments"),
                rows=[row_of(one) for one in found],
                whole=whole,
                late=sum(one.is_late for one in found),
                wrong=sum(len(one.wrong) for one in found),
                unused=list(Environment.objects.filter(is_active=False)),
                may_add=self.has_add_permission(request),
            ).render()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = EnvironmentForm(request.POST or None, initial={"accountable": request.user.pk})
        if form.is_valid():
            place = ask(form, services.add_environment)
            if place:
                return self._back(place)
        return self.page(
            request, "admin/form_page.html", title=_("New environment"), form=form, button=_("Add"),
            intro=_("A place around the experience: a shop, the website, the hotline. It is walked once a month."),
        )  # fmt: skip

    def edit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        place = self._place(request, object_id)
        if isinstance(place, HttpResponse):
            return place
        if not self.has_change_permission(request, place):
            raise PermissionDenied
        form = EnvironmentForm(request.POST or None, place=place)
        if form.is_valid():
            form.cleaned_data["environment_id"] = place.pk
            if ask(form, services.change_environment):
                messages.success(request, _("Saved."))
                return self._back(place)
        return self.page(
            request, "admin/form_page.html", title=place, form=form, button=_("Save"), back="../change/",
            intro=_("Walks of the past keep the words they were asked in."),
        )  # fmt: skip

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        place = self._place(request, object_id)
        if isinstance(place, HttpResponse):
            return place
        with reading_once():
            (standing,) = standings_of([place])
            return self.page(
                request,
                "admin/journeys/environment.html",
                title=place,
                row=row_of(standing),
                stage=place.touchpoint.stage if place.touchpoint else place.stage,
                may_walk=self._may_walk(request),
                may_change=self.has_change_permission(request, place),
            ).render()

    def walk_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The checklist, one point below the other."""
        place = self._place(request, object_id)
        if isinstance(place, HttpResponse):
            return place
        if not self._may_walk(request):
            raise PermissionDenied
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = WalkForm(place, *sent)
        if form.is_valid():
            form.cleaned_data["environment_id"] = place.pk
            audit = ask(form, services.record_walk)
            if audit:
                messages.success(request, _("Thank you. What you found is kept."))
                return redirect(f"{self.admin_site.name}:journeys_environmentaudit_change", audit.pk)
        return self.page(request, "admin/journeys/walk.html", title=place, place=place, form=form)

    def do_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take a place out of use, or put it to use again."""
        place = self._place(request, object_id)
        if isinstance(place, HttpResponse):
            return place
        if not self.has_change_permission(request, place):
            raise PermissionDenied
        if request.method == "POST":
            services.change_environment(environment_id=place.pk, is_active=request.POST.get("act") == "use")
            messages.success(request, _("Saved."))
        return self._back(place)

    def _may_walk(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("journeys.add_environmentaudit"))

    def _place(self, request: HttpRequest, object_id: str) -> Environment | HttpResponse:
        place = self.get_object(request, object_id)
        if place is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, place):
            raise PermissionDenied
        return place

    def _back(self, place: Environment) -> HttpResponse:
        return redirect(f"{self.admin_site.name}:journeys_environment_change", place.pk)


class EnvironmentAuditAdmin(RoomAdmin):
    """What was found on one walk; it is never changed."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[EnvironmentAudit]:
        return EnvironmentAudit.objects.select_related("environment", "done_by")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path(f"<path:object_id>/{name}/", view(act), name=f"journeys_environmentaudit_{name}")
            for name, act in (("propose", self.propose_view), ("photo", self.photo_view))
        ] + super().get_urls()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a walk begins on the page of its place

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect(f"{self.admin_site.name}:journeys_environment_changelist")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        audit = self._audit(request, object_id)
        if isinstance(audit, HttpResponse):
            return audit
        return self.page(
            request,
            "admin/journeys/environment_walk.html",
            title=audit.environment,
            audit=audit,
            tone=tone_of(audit.score),
            items=points_of(audit),
            may_remove=request.user.has_perm("journeys.delete_environmentaudit"),
            may_propose=request.user.has_perm("journeys.add_initiative"),
        )

    def propose_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Begin an initiative to put a point right."""
        audit = self._audit(request, object_id)
        if isinstance(audit, HttpResponse):
            return audit
        if not request.user.has_perm("journeys.add_initiative"):
            raise PermissionDenied
        item = _point(audit, request.POST.get("item", ""))
        if request.method == "POST" and item is not None:
            try:
                initiative = services.propose_from_point(item_id=item.pk)
                return redirect(f"{self.admin_site.name}:journeys_initiative_change", initiative.pk)
            except DomainError as refusal:
                messages.error(request, str(refusal))
        return redirect(f"{self.admin_site.name}:journeys_environmentaudit_change", audit.pk)

    def photo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The photo of a point inside the page; a POST removes it."""
        audit = self._audit(request, object_id)
        if isinstance(audit, HttpResponse):
            return audit
        item = _point(audit, (request.POST if request.method == "POST" else request.GET).get("item", ""))
        if item is None:
            raise Http404
        if request.method == "POST":
            if not request.user.has_perm("journeys.delete_environmentaudit"):
                raise PermissionDenied
            services.remove_photo(item_id=item.pk)
            messages.success(request, _("The photo is gone for good."))
            return redirect(f"{self.admin_site.name}:journeys_environmentaudit_change", audit.pk)
        photo = photo_of(item)
        if photo is None or not is_drawable(bytes(photo.content), photo.content_type):
            raise Http404
        name = f"{audit.done_on:%Y-%m-%d}"
        return file_response(bytes(photo.content), file_name=name, content_type=photo.content_type, inline=True)

    def _audit(self, request: HttpRequest, object_id: str) -> EnvironmentAudit | HttpResponse:
        audit = self.get_object(request, object_id)
        if audit is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, audit):
            raise PermissionDenied
        return audit


def row_of(standing: Standing) -> dict[str, Any]:
    """A place with what its drawing needs: a bar for each of the last walks, the oldest first."""
    walks = [walk for walk in reversed(standing.walks) if walk.score is not None]
    width = 100 / max(len(walks), 6)
    return {
        "standing": standing,
        "place": standing.place,
        "icon": KIND_ICONS[standing.place.kind],
        "tone": tone_of(standing.score),
        "bars": [
            {
                "x": number * width,
                "width": width * 0.7,
                "height": walk.score,
                "y": 100 - (walk.score or 0),
                "tone": tone_of(walk.score),
                "walk": walk,
            }
            for number, walk in enumerate(walks)
        ],
        "address": reverse("admin:journeys_environment_change", args=[standing.place.pk]),
    }


def _point(audit: EnvironmentAudit, ident: str) -> AuditItem | None:
    """The point of this walk with this id; None for none and for what is no id."""
    try:
        return audit.items.filter(pk=UUID(ident)).first()
    except ValueError:
        return None
