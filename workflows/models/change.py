"""What one department asks another to change, what it rests on, and what became of it (domain.md §1, 2.15)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class ChangeRequest(TenantModel):
    """A change asked of another department: exactly one person answers for it, in three working days."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for an answer")
        COUNTERED = "countered", _("something else was proposed")
        AGREED = "agreed", _("agreed")
        DECLINED = "declined", _("not agreed")
        DONE = "done", _("done")
        WITHDRAWN = "withdrawn", _("withdrawn")

    # What the API and the mails call "what is asked" and "what hurts the customer".
    subject = models.CharField(_("what is to change"), max_length=200)
    hurts = models.CharField(_("what hurts the customer"), max_length=500)
    # Who speaks for the department that asks: whoever asked, or who followed them (see ChangeStep).
    asked_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("requested by"))
    # That of whoever asked, when they asked.
    from_department = models.ForeignKey(
        "staff.Department", models.PROTECT, related_name="+", verbose_name=_("from department")
    )
    to_department = models.ForeignKey(
        "staff.Department", models.PROTECT, related_name="+", verbose_name=_("to department")
    )
    # The one person who answers for the department asked, and who does what was agreed.
    accountable = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("accountable"))
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("touchpoint")
    )
    insight = models.ForeignKey(
        "journeys.Insight", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("insight")
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    answer_by = models.DateTimeField(_("answer by"))
    # The first answer, which is what counts as in time or not, whatever became of it later.
    answered_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    # What was proposed instead, and whether that is what was agreed on in the end.
    proposal = models.CharField(_("what was proposed instead"), max_length=500, blank=True)
    is_as_proposed = models.BooleanField(_("as proposed instead"), default=False)
    # Until when whoever asked takes it or not, and when it went up because they said neither.
    choose_by = models.DateTimeField(_("yes or no by"), null=True, blank=True)
    choice_raised_at = models.DateTimeField(_("brought up without a yes or no"), null=True, blank=True)
    # Why not, or what goes with the yes.
    words = models.CharField(_("reason or remark"), max_length=500, blank=True)
    due_on = models.DateField(_("done by"), null=True, blank=True)
    # The first day that was promised, which is what counts as kept or not, however often it is moved.
    promised_on = models.DateField(_("first promised for"), null=True, blank=True)
    # Another day whoever does it proposes; it stands once whoever asked says yes.
    new_day = models.DateField(_("another day proposed"), null=True, blank=True)
    new_day_because = models.CharField(_("why another day"), max_length=500, blank=True, default="", db_default="")
    # How often the day was talked about: each proposal, yes and no is one.
    day_talks = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    # Whoever stands above both, once it went up: late, or because the two did not agree.
    raised_to = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("brought before")
    )
    raised_at = models.DateTimeField(_("brought up"), null=True, blank=True)
    # Who brought it to a yes, a no or took it back.
    settled_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    done_words = models.CharField(_("what was done"), max_length=500, blank=True)
    done_by = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by whom")
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    # What the asking department says of it afterwards.
    has_helped = models.BooleanField(_("it helped"), null=True, blank=True)
    helped_words = models.CharField(_("what is different now"), max_length=500, blank=True)
    judged_at = models.DateTimeField(_("judged"), null=True, blank=True)

    class Meta:
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=~Q(from_department=F("to_department")), name="change_is_asked_of_another"),
            models.CheckConstraint(
                condition=~Q(state__in=["countered", "agreed", "done"]) | Q(due_on__isnull=False),
                name="agreed_change_has_a_day",
            ),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(words=""), name="declined_change_has_a_reason"),
            models.CheckConstraint(
                condition=(~Q(state="countered") & Q(is_as_proposed=False)) | ~Q(proposal=""),
                name="countered_change_says_what_instead",
            ),
            models.CheckConstraint(
                condition=(Q(state="done", done_at__isnull=False) & ~Q(done_words=""))
                | (~Q(state="done") & Q(done_at=None)),
                name="done_change_says_what_was_done",
            ),
            models.CheckConstraint(
                condition=Q(has_helped=None, judged_at=None) | Q(state="done", judged_at__isnull=False),
                name="only_done_change_is_judged",
            ),
            models.CheckConstraint(
                condition=Q(new_day=None, new_day_because="")
                | (Q(state="agreed", new_day__isnull=False) & ~Q(new_day_because="")),
                name="another_day_has_a_reason",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="change_newest"),
            models.Index(fields=["accountable"], condition=Q(state__in=["waiting", "agreed"]), name="change_to_answer"),
            models.Index(fields=["raised_to"], condition=Q(state="waiting"), name="change_to_decide"),
            models.Index(fields=["asked_by"], condition=Q(state__in=["countered", "done"]), name="change_to_look_at"),
        ]

    def __str__(self) -> str:
        return self.subject


class ChangeCase(TenantModel):
    """A complaint a change request rests on."""

    change = models.ForeignKey(
        ChangeRequest, models.CASCADE, related_name="cases", verbose_name=_("change request")
    )  # fmt: skip
    complaint = models.ForeignKey("feedback.Complaint", models.CASCADE, related_name="+", verbose_name=_("complaint"))

    class Meta:
        verbose_name = _("case of a change request")
        verbose_name_plural = _("cases of change requests")
        ordering = ["created_at", "id"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["change", "complaint"], name="case_bears_change_once")]

    def __str__(self) -> str:
        return f"{self.change_id}: {self.complaint_id}"


class ChangeStep(TenantModel):
    """One thing that happened to a change request and that its own fields do not remember, the oldest first."""

    class Kind(models.TextChoices):
        RAISED = "raised", _("brought before whoever stands above both")
        PROMISED = "promised", _("a day was promised")
        DAY_PROPOSED = "day_proposed", _("another day was proposed")
        DAY_MOVED = "day_moved", _("the day was moved")
        DAY_KEPT = "day_kept", _("the day stayed")
        ASKING_PASSED = "asking_passed", _("somebody else speaks for who asked")
        ANSWER_PASSED = "answer_passed", _("somebody else is accountable")
        DECISION_PASSED = "decision_passed", _("somebody else decides")

    change = models.ForeignKey(
        ChangeRequest, models.CASCADE, related_name="steps", verbose_name=_("change request")
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    # Who did it; nobody where it came about by itself.
    person = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    from_person = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("from whom")
    )
    to_person = models.ForeignKey(
        "staff.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("to whom")
    )
    # The day promised, proposed, moved to or kept.
    day = models.DateField(_("day"), null=True, blank=True)
    words = models.CharField(_("reason"), max_length=500, blank=True)
    # The one mail that told of it together with others.
    told_in = models.ForeignKey(
        "workflows.Message", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("step of a change request")
        verbose_name_plural = _("steps of change requests")
        ordering = ["created_at", "id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=["promised", "day_proposed", "day_moved", "day_kept"]) | Q(day__isnull=False),
                name="step_about_a_day_has_one",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["asking_passed", "answer_passed", "decision_passed"])
                | Q(from_person__isnull=False, to_person__isnull=False),
                name="passed_on_says_from_whom_to_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change_id}: {self.kind}"
