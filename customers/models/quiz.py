"""Do we all see the same customer? Rounds of five questions about a persona, and what staff chose."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.models import TenantModel


class PersonaQuiz(TenantModel):
    """One round about a live persona. At most one is open for each; it closes by itself."""

    persona = models.ForeignKey(
        "customers.Persona", models.CASCADE, related_name="quizzes", db_index=False, verbose_name=_("persona")
    )  # the index below begins with it
    opened_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened"), default=now)
    closes_at = models.DateTimeField(_("open until"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("round of the persona quiz")
        verbose_name_plural = _("Do we see the same customer?")
        ordering = ["-opened_at", "-id"]
        base_manager_name = "objects"
        indexes = [models.Index(fields=["persona", "-opened_at"], name="quiz_of_persona")]
        constraints = [
            models.UniqueConstraint(fields=["persona"], condition=Q(closed_at=None), name="one_open_quiz"),
        ]

    def __str__(self) -> str:
        return self.persona.name

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class QuizOption(TenantModel):
    """One of the answers offered to a question of a round, as it stood when the round was opened."""

    class Ask(models.TextChoices):
        """The questions, in the order they are asked; each is about one field of the portrait."""

        NEED = "need", _("Which need comes first for them?")
        EMOTION = "emotion", _("How do they typically feel?")
        CHANNEL = "channel", _("Which channel do they like?")
        SHARE = "share", _("How many of our customers are like them?")
        SENTENCE = "sentence", _("Which of these sentences is theirs?")
        EXPECTATION = "expectation", _("What do they expect?")

    quiz = models.ForeignKey(
        PersonaQuiz, models.CASCADE, related_name="options", db_index=False, verbose_name=_("round")
    )  # the key below begins with it
    ask = models.CharField(_("question"), max_length=12, choices=Ask)
    position = models.PositiveSmallIntegerField(_("position"))
    # The words of a portrait or a band of shares; a customer's words stay in their quote, where erasing finds them.
    text = models.CharField(_("words"), max_length=240, blank=True)
    quote = models.ForeignKey(
        "customers.Quote", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("quote")
    )
    is_right = models.BooleanField(_("as in the portrait"), default=False)

    class Meta:
        verbose_name = _("answer offered")
        verbose_name_plural = _("answers offered")
        ordering = ["quiz", "ask", "position"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["quiz", "ask", "position"], name="quiz_option_once"),
            models.UniqueConstraint(fields=["quiz", "ask"], condition=Q(is_right=True), name="one_right_option"),
        ]

    def __str__(self) -> str:
        return f"{self.ask}: {self.position}"


class QuizAnswer(TenantModel):
    """What one member of staff chose, once a round.

    Who it was is kept only so that nobody answers twice, and to tell themselves: no page, file or answer of the API
    shows it to anybody else.
    """

    quiz = models.ForeignKey(PersonaQuiz, models.CASCADE, related_name="+", db_index=False, verbose_name=_("round"))
    user = models.ForeignKey("staff.User", models.CASCADE, related_name="+", verbose_name=_("staff member"))
    # The team they were in when they answered.
    department = models.ForeignKey(
        "staff.Department", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    ask = models.CharField(_("question"), max_length=12, choices=QuizOption.Ask)
    option = models.ForeignKey(QuizOption, models.CASCADE, related_name="+", verbose_name=_("chosen"))

    class Meta:
        verbose_name = _("answer to the persona quiz")
        verbose_name_plural = _("answers to the persona quiz")
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["quiz", "user", "ask"], name="answered_once_a_round")]

    def __str__(self) -> str:
        return self.ask
