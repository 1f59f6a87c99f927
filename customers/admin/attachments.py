"""Files of customers: the firm's list of them, the page of one, its download and its small picture."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.admin.masking import MasksTexts
from customers.logic.files import DRAWN, KINDS, is_drawable
from customers.models import Attachment
from customers.selectors.attachments import attachments_visible_to, content_of, may_remove
from customers.selectors.contacts import text_shown
from customers.services.attachments import remove_attachment
from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.downloads import file_response

ACCEPT = ",".join(f".{ending}" for kind in KINDS for ending in kind.endings)
_ICONS = {"image": "image", "audio": "graphic_eq", "video": "movie", "text": "description"}


class FileForm(WorkForm):
    """One file for a customer."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ACCEPT, "class": "cx-file"}),
        help_text=_("Pictures, PDF, Word, Excel, PowerPoint, text, sound or MP4 video, up to 10 MB."),
    )
    is_from_customer = forms.BooleanField(label=_("The customer sent this"), required=False)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.errors:
            return data
        upload = data["file"]
        return {
            "file_name": upload.name,
            "content": upload.read(),
            "is_from_customer": data["is_from_customer"],
        }


def files_shown(attachments: Iterable[Attachment], user: Any) -> list[dict[str, Any]]:
    """What ``admin/customers/files.html`` shows of each file; asks the database nothing."""
    return [
        {
            "file": one,
            "name": text_shown(one.file_name, user),
            "icon": _ICONS.get(one.content_type.partition("/")[0], "attach_file"),
            "is_drawn": one.content_type in DRAWN,
            "may_remove": may_remove(user, one),
        }
        for one in attachments
    ]


class AttachmentAdmin(MasksTexts, ReadOnlyAdmin):
    free_texts = ("file_name",)
    list_display = ("name", "customer", "how_large", "sender", "created_at")
    list_filter = ("is_from_customer", "content_type")
    list_select_related = ("customer",)
    search_fields = ("file_name",)
    search_help_text = _("Part of the file's name")
    ordering = ("-created_at", "-id")
    nothing_here = _("No files yet. They are added on a customer's page, or arrive with what customers write.")

    def rows(self, request: HttpRequest) -> QuerySet[Attachment]:
        return attachments_visible_to(request.user)

    @display(description=_("file"))
    def name(self, attachment: Attachment) -> str:
        return format_html('<b class="cx-name">{}</b>', attachment.file_name)

    @display(description=_("size"), ordering="size")
    def how_large(self, attachment: Attachment) -> str:
        return filesizeformat(attachment.size)

    @display(description=_("by"))
    def sender(self, attachment: Attachment) -> str:
        return attachment.actor_label or (str(_("the customer")) if attachment.is_from_customer else "–")

    def get_urls(self) -> list[Any]:
        own = [
            path(f"<path:object_id>/{act}/", self.admin_site.admin_view(view), name=f"customers_attachment_{act}")
            for act, view in (
                ("download", self.download_view),
                ("picture", self.picture_view),
                ("remove", self.remove_view),
            )
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        attachment = self._found(request, object_id)
        return self.page(
            request,
            "admin/customers/attachment.html",
            title=attachment.file_name,
            shown=files_shown([attachment], request.user)[0],
        )

    def download_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        attachment = self._found(request, object_id)
        return file_response(
            content_of(attachment), file_name=attachment.file_name, content_type=attachment.content_type
        )

    def picture_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The picture inside a page; what is no picture by its bytes is not there."""
        attachment = self._found(request, object_id)
        content = content_of(attachment) if attachment.content_type in DRAWN else b""
        if not is_drawable(content, attachment.content_type):
            raise Http404
        return file_response(content, file_name=attachment.file_name, content_type=attachment.content_type, inline=True)

    def remove_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        attachment = self._found(request, object_id)
        if not may_remove(request.user, attachment):
            raise PermissionDenied
        page = reverse(f"{self.admin_site.name}:customers_customer_change", args=[attachment.customer_id])
        if request.method != "POST":
            return self.confirm(
                request,
                title=_("Remove this file?"),
                what=_("%(file)s will be gone for good. That it was here stays on the timeline.")
                % {"file": attachment.file_name},
                button=_("Remove"),
                back=f"{page}#files",
            )
        remove_attachment(attachment_id=attachment.pk)
        messages.success(request, _("%(file)s was removed.") % {"file": attachment.file_name})
        return redirect(f"{page}#files")

    def _found(self, request: HttpRequest, object_id: str) -> Attachment:
        """The file, where the reader may see its customer. Raises PermissionDenied, Http404."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        attachment = self.get_object(request, object_id)
        if attachment is None:
            raise Http404
        return attachment
