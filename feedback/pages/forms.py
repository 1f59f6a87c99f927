"""The forms customers fill in; they only parse, the services decide."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from customers.errors import FileNotTaken
from customers.logic.files import FileProblemError, kind_of
from customers.logic.phones import normalise_phone
from cxcrm.core.admin.fields import FilesField, ManyFiles
from cxcrm.core.pages.forms import PageForm
from feedback.logic.answers import MAX_TEXT, SCALES
from feedback.selectors.wording import Asked
from feedback.services.note_files import NewFile
from journeys.selectors.journeys import public_touchpoints
from tenants.staff.selectors.firm import the_firm

ROWS = {"rows": 4}
MAX_PHOTOS, MAX_PHOTO_BYTES = 5, 10 * 1024 * 1024


def clean_label(name: str) -> str:
    """The name of a file as it is said back: one short line."""
    return " ".join(name.split())[:80]


class TouchpointField(forms.TypedChoiceField):
    """What it was about, among what the firm shows to customers; may stay empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, coerce=UUID, empty_value=None, **kwargs)

    def offer(self, touchpoints: list[Any]) -> None:
        self.choices = [("", _("– choose if you like –")), *((str(t.id), str(t)) for t in touchpoints)]


class SurveyForm(PageForm):
    """The score, the reason, what it was about, and whether to call back."""

    score = forms.TypedChoiceField(coerce=int, widget=forms.RadioSelect)
    touchpoint = TouchpointField(label=_("What was it about?"))
    contact_me = forms.BooleanField(label=_("Please contact me about this"), required=False)

    def __init__(self, questions: list[Asked], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first, *others = questions
        self.fields["score"].choices = [(number, str(number)) for number in self.first.scale]
        self.fields["score"].error_messages["required"] = _("Please choose a number.")
        self.fields["score"].error_messages["invalid_choice"] = _("Please choose a number.")
        self.others = others
        # The first free text is the reason for the score; it is the response's own words.
        self.words_id = next((question.id for question in others if question.kind == "text"), None)
        for question in others:
            self.fields[self.name_of(question)] = _field_for(question)
        self.offered = list(public_touchpoints())
        self.fields["touchpoint"].offer(self.offered)

    def name_of(self, question: Asked) -> str:
        return "words" if question.id == self.words_id else f"q-{question.id}"

    @property
    def other_fields(self) -> list[tuple[Asked, forms.BoundField]]:
        return [(question, self[self.name_of(question)]) for question in self.others]

    def answers(self) -> dict[UUID, Any]:
        """Answers to the questions other than the score and its reason."""
        values = self.cleaned_data
        return {q.id: values[self.name_of(q)] for q in self.others if q.id != self.words_id}


def _field_for(question: Asked) -> forms.Field:
    if question.kind in SCALES:
        numbers = [(number, str(number)) for number in question.scale]
        return forms.TypedChoiceField(
            label=question.text, choices=numbers, coerce=int, widget=forms.RadioSelect, required=question.required
        )
    if question.kind == "words":
        return forms.MultipleChoiceField(
            label=question.text,
            choices=question.choices,
            widget=forms.CheckboxSelectMultiple,
            required=question.required,
        )
    if question.kind == "choice":
        empty = [] if question.required else [("", _("– choose if you like –"))]
        return forms.ChoiceField(label=question.text, choices=[*empty, *question.choices], required=question.required)
    return forms.CharField(
        label=question.text,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs=ROWS),
        required=question.required,
    )


class TrappedForm(PageForm):
    """A form anybody may send. Programs fill in every field; a person whose browser did loses nothing and is told."""

    website = forms.CharField(label=_("Leave this empty"), max_length=200, required=False)

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("Your browser filled in a hidden field by mistake. Please send again."))
        return ""


class ComplaintForm(TrappedForm):
    """What happened, what is wanted, how to answer; and little else."""

    description = forms.CharField(
        label=_("What happened?"),
        help_text=_("In your own words. Where and when helps us look into it."),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Please tell us what happened.")},
    )
    remedy_sought = forms.CharField(
        label=_("What would you like us to do?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    photos = FilesField(
        label=_("Photos"),
        required=False,
        help_text=_("Up to five, 10 MB together. A picture often says more."),
        widget=ManyFiles(attrs={"multiple": True, "accept": "image/*,application/pdf"}),
    )
    contact = forms.CharField(
        label=_("How may we reach you?"),
        help_text=_("A phone number or an e-mail address. We use it only for this matter."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Please leave a phone number or an e-mail address, or we cannot answer.")},
    )
    full_name = forms.CharField(
        label=_("Your name"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    touchpoint = TouchpointField(label=_("What was it about?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = list(public_touchpoints())
        self.fields["touchpoint"].offer(self.offered)

    def clean_photos(self) -> list[NewFile]:
        """What they are is read from their bytes; one that may not be kept is named, so that it can be left out."""
        uploads = self.cleaned_data["photos"]
        if len(uploads) > MAX_PHOTOS or sum(upload.size for upload in uploads) > MAX_PHOTO_BYTES:
            raise ValidationError(_("At most five photos, 10 MB together. Please choose fewer."))
        files = [NewFile(upload.name, upload.read()) for upload in uploads]
        for file in files:
            try:
                kind_of(file.content, file.name)
            except FileProblemError as error:
                refused = FileNotTaken.because(error.problem, limit=MAX_PHOTO_BYTES // 1024**2)
                raise ValidationError(f"{clean_label(file.name)}: {refused}") from error
        return files

    def clean_contact(self) -> dict[str, str]:
        """``{"email": …}`` or ``{"phone": …}`` in E.164."""
        text: str = self.cleaned_data["contact"]
        if "@" in text:
            try:
                validate_email(text)
            except ValidationError as error:
                raise ValidationError(_("This e-mail address is not complete.")) from error
            return {"email": text}
        phone = normalise_phone(text, the_firm().country)
        if phone is None:
            raise ValidationError(_("This is no phone number we know. Please check it, or give an e-mail address."))
        return {"phone": phone.e164}


class SolvedForm(PageForm):
    """Yes or no; and what is still missing."""

    answer = forms.ChoiceField(
        choices=[("yes", _("Yes, it is solved")), ("no", _("No, not yet"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose yes or no."), "invalid_choice": _("Please choose yes or no.")},
    )
    words = forms.CharField(
        label=_("What is still missing?"), max_length=MAX_TEXT, required=False, widget=forms.Textarea(attrs=ROWS)
    )
