"""What customers and colleagues ask each other, what was answered, whom it helped, and who is thanked for it."""

from datetime import date
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Quote
from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel
from feedback.logic.reputation import Why


class CommunityTopic(TenantModel):
    """What questions are about, and which colleagues know about it: they are asked first."""

    name = models.CharField(_("name"), max_length=60)
    accountable = models.ForeignKey(
        "staff.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answers for it"),
        help_text=_("Gets what nobody answered in four working hours. Left empty, the firm's default executive."),
    )

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("Who knows what")
        base_manager_name = "objects"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name"], name="community_topic_once")]

    def __str__(self) -> str:
        return self.name


class TopicExpert(TenantModel):
    """A colleague who knows about a topic."""

    topic = models.ForeignKey(
        CommunityTopic, models.CASCADE, related_name="experts", db_index=False, verbose_name=_("topic")
    )  # the key below begins with it
    user = models.ForeignKey("staff.User", models.CASCADE, related_name="+", verbose_name=_("colleague"))

    class Meta:
        verbose_name = _("who knows about it")
        verbose_name_plural = _("who knows about it")
        base_manager_name = "objects"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["topic", "user"], name="expert_once")]

    def __str__(self) -> str:
        return str(self.user)


class CommunityQuestion(TenantModel):
    """One question of a customer or a colleague. With an accepted answer both may read it as one piece of knowledge.

    Words are kept without phone numbers and e-mail addresses, so that none is ever published.
    """

    FeedbackType = Quote.FeedbackType

    class State(models.TextChoices):
        OPEN = "open", _("waits for an answer")
        ANSWERED = "answered", _("answered")
        SET_ASIDE = "set_aside", _("set aside")

    text = models.CharField(_("question"), max_length=500)
    topic = models.ForeignKey(
        CommunityTopic, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("topic")
    )
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )
    user = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("colleague")
    )
    # A name the asker chose; empty where none is to be shown.
    shown_name = models.CharField(_("name shown"), max_length=40, blank=True)
    # Ticked by the asker alone: without it a customer's question is never published.
    may_publish = models.BooleanField(_("may be published"), default=False)
    # Asked among colleagues only.
    is_internal = models.BooleanField(_("among colleagues only"), default=False)
    feedback_type = models.CharField(
        _("kind of feedback"),
        max_length=20,
        choices=FeedbackType,
        default=FeedbackType.USAGE,
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    accountable = models.ForeignKey("staff.User", models.PROTECT, related_name="+", verbose_name=_("answers for it"))
    raised_at = models.DateTimeField(_("passed on"), null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(_("first answered"), null=True, blank=True, editable=False)
    # Seconds from the question to the first answer the asker called helpful.
    useful_after = models.PositiveIntegerField(_("useful after, in seconds"), null=True, blank=True, editable=False)
    # What it is found by: question and accepted answer, without accents.
    search_text = models.TextField(editable=False, blank=True)
    # The same question twice in a row is one; see ``ask_question``.
    digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("question to the community")
        verbose_name_plural = _("Questions and answers")
        base_manager_name = "objects"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "digest"], condition=Q(state="open") & ~Q(digest=""), name="asked_once_while_open"
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(is_internal=False), name="internal_question_unpublished"
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(customer=None) | Q(may_publish=True),
                name="question_published_by_leave",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="question_newest"),
            models.Index(fields=["accountable"], condition=Q(state="open"), name="question_waiting"),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="question_search"),
        ]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"

    @property
    def may_be_shown(self) -> bool:
        """Asked for everybody: by a colleague, or by a customer who gave leave."""
        return not self.is_internal and (self.customer_id is None or self.may_publish)


class QuestionAsk(TenantModel):
    """One of at most three colleagues a question was put to, since they know about it and were at work."""

    question = models.ForeignKey(
        CommunityQuestion, models.CASCADE, related_name="asks", db_index=False, verbose_name=_("question")
    )  # the key below begins with it
    user = models.ForeignKey("staff.User", models.CASCADE, related_name="+", verbose_name=_("colleague"))

    class Meta:
        verbose_name = _("asked of")
        verbose_name_plural = _("asked of")
        base_manager_name = "objects"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["question", "user"], name="asked_of_once")]

    def __str__(self) -> str:
        return str(self.user)


class CommunityAnswer(TenantModel):
    """What somebody answered. Accepted, it is what the firm knows, and is to be looked at again by ``review_due``."""

    question = models.ForeignKey(CommunityQuestion, models.CASCADE, related_name="answers", verbose_name=_("question"))
    text = models.TextField(_("answer"), max_length=4000)
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )
    user = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("colleague")
    )
    shown_name = models.CharField(_("name shown"), max_length=40, blank=True)
    # None while a customer's answer waits for a colleague's yes, and after it was taken back.
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    refused_at = models.DateTimeField(_("taken back"), null=True, blank=True, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    verified_at = models.DateTimeField(_("found true"), null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("found true by")
    )
    review_due = models.DateField(_("to be looked at by"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("answer of the community")
        verbose_name_plural = _("answers of the community")
        base_manager_name = "objects"
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["question"], condition=Q(accepted_at__isnull=False), name="one_accepted_answer"
            ),
            models.UniqueConstraint(fields=["question", "customer"], name="customer_answers_once"),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(published_at__isnull=False, review_due__isnull=False),
                name="accepted_is_published",
            ),
        ]
        indexes = [
            models.Index(fields=["review_due"], condition=Q(accepted_at__isnull=False), name="answer_review_due"),
            models.Index(
                fields=["created_at"], condition=Q(published_at=None, refused_at=None), name="answer_waits_for_yes"
            ),
        ]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"

    def is_stale(self, today: date) -> bool:
        """Accepted, and past the day it was to be looked at again."""
        return self.review_due is not None and self.review_due <= today


class AnswerMark(TenantModel):
    """What one reader found of an answer: the asker by their link, or a visitor whom the search helped at once."""

    class Verdict(models.TextChoices):
        HELPFUL = "helpful", _("helpful")
        NOT_YET = "not_yet", _("does not help yet")
        WRONG = "wrong", _("wrong")

    answer = models.ForeignKey(CommunityAnswer, models.CASCADE, related_name="marks", verbose_name=_("answer"))
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )
    # Of a visitor nobody knows: a keyed hash of this answer and where they come from, so that a tap counts once.
    visitor = models.CharField(max_length=64, blank=True, editable=False)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict)
    # From the search to "this helped", found by the machine; from the question to the answer, given by people.
    seconds = models.PositiveIntegerField(_("seconds"), null=True, blank=True)
    marked_at = models.DateTimeField(_("marked"), default=now)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["answer", "customer"], name="customer_marks_once"),
            models.UniqueConstraint(fields=["answer", "visitor"], condition=~Q(visitor=""), name="visitor_marks_once"),
            models.CheckConstraint(condition=Q(customer=None) | Q(visitor=""), name="mark_of_one_reader"),
        ]
        indexes = [models.Index(fields=["marked_at"], name="mark_newest")]

    def __str__(self) -> str:
        return self.get_verdict_display()


class ReputationPoint(TenantModel):
    """One reason why a customer is trusted more, or less. Never deleted: what no longer holds is taken back."""

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="+", db_index=False, verbose_name=_("customer")
    )  # the index below begins with it
    answer = models.ForeignKey(CommunityAnswer, models.CASCADE, related_name="+", verbose_name=_("answer"))
    mark: Any = models.ForeignKey(
        AnswerMark, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("mark")
    )
    why = models.CharField(_("why"), max_length=12, choices=[(why.value, why.value) for why in Why])
    points = models.SmallIntegerField(_("points"))
    earned_at = models.DateTimeField(_("earned"), default=now)
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("reputation")
        verbose_name_plural = _("reputation")
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "why", "mark"],
                condition=Q(taken_back_at=None),
                nulls_distinct=False,
                name="point_earned_once",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None) | Q(taken_back_at__gte=F("earned_at")), name="taken_back_after_earned"
            ),
        ]
        indexes = [
            models.Index(fields=["customer"], condition=Q(taken_back_at=None), name="reputation_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.why} {self.points:+d}"


class CommunityImpact(TenantModel):
    """What the firm did for the people around it: what, when, where, who benefits, how many, and what shows it."""

    activity = models.CharField(_("what we did"), max_length=120)
    held_on = models.DateField(_("day"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    beneficiaries = models.CharField(_("who benefits"), max_length=120)
    how_many = models.PositiveIntegerField(_("how many"), null=True, blank=True)
    evidence = models.TextField(_("what shows it"), max_length=2000)
    is_published = models.BooleanField(_("shown to everybody"), default=False)
    recorded_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )

    class Meta:
        verbose_name = _("impact on the community")
        verbose_name_plural = _("What we do for the community")
        base_manager_name = "objects"
        ordering = ["-held_on", "-id"]

    def __str__(self) -> str:
        return self.activity


class ImpactPhoto(TenantModel):
    """The picture of one impact, in a row of its own, so that no list ever reads its bytes."""

    impact: Any = models.OneToOneField(CommunityImpact, models.CASCADE, related_name="photo", verbose_name=_("impact"))
    content_type = models.CharField(max_length=40)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("photo of an impact")
        verbose_name_plural = _("photos of impacts")
        base_manager_name = "objects"

    def __str__(self) -> str:
        return str(self.impact_id)
