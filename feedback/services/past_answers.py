"""Past answers as rows of a file: read, judged, laid in under their own date, and taken back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from customers import problems
from customers.logic.text import search_key
from customers.selectors.matching import Match, matches_for
from customers.services.import_judging import left_alone
from customers.services.import_kinds import ImportKind, RowInHand, register
from customers.services.import_purchases import CUSTOMER_PART, judge_customer, read_moment, read_whose
from customers.services.import_purchases_writing import customers_for
from customers.services.import_reading import CellReader, ReadRow, Sheet
from customers.services.import_removing import remove_added
from customers.services.import_rows import (
    ImportChange,
    ImportJob,
    ImportRow,
    Interaction,
    Outcome,
    drop_entries,
    save_entries,
    settle,
    taken_for,
)
from customers.services.import_undo import keep, uses_of
from customers.services.interactions import new_interaction
from cxcrm.core.clock import now
from cxcrm.core.db.arrays import among
from cxcrm.core.db.copying import copy_objects
from feedback.logic.answers import MAX_TEXT, SCALES
from feedback.logic.import_columns import ANSWERS, METRIC_WORDS, SCORES, TELLTALES, parse_score
from feedback.models import Answer, Dispatch, Invitation, Question, Response, Survey
from feedback.services.loop import act_on
from journeys.models import Touchpoint


class _Reader(CellReader):
    def read(self) -> ReadRow:
        values = self.row.values
        values["customer"], self.row.problems[:] = read_whose(self.sheet, self.row.number, self.cells)
        moment = read_moment(self, "answered_at")
        values["answered_at"] = moment.isoformat() if moment else ""
        values["metric"], values["score"] = self._score()
        values["words"] = self.shortened("words", MAX_TEXT)
        values["touchpoint"] = self.shortened("touchpoint", 120)
        values["branch"] = self.shortened("branch", 120)
        return self.row

    def _score(self) -> tuple[str, int | None]:
        """The first score there is, with what it measures."""
        for field, metric in SCORES.items():
            if self.text(field):
                return metric, self._on_scale(field, metric)
        if not self.text("score"):
            self.say(
                "score_missing", next((field for field in (*SCORES, "score") if field in self.sheet.columns), None)
            )
            return "", None
        metric = self.known("metric", METRIC_WORDS, "metric_unknown")
        if not metric:
            if not self.text("metric"):
                self.say("metric_missing", "score")
            return "", None
        return metric, self._on_scale("score", metric)

    def _on_scale(self, field: str, metric: str) -> int | None:
        score = parse_score(self.raw(field), metric)
        if score is None:
            low, high = SCALES[metric]
            self.say("score_off_scale", field, value=self.text(field)[:80], low=low, high=high)
        return score


def read_answer(sheet: Sheet, number: int, cells: Sequence[Any]) -> ReadRow:
    """Understand one past answer; never raises, what cannot be used is a problem."""
    return _Reader(sheet, number, cells).read()


class AnswerJudge:
    """Judges past answers: one is known when the same customer gave the same score at the same time."""

    def __init__(self, job: ImportJob) -> None:
        self.job = job
        self.places = _places()

    def judge(self, batch: Mapping[int, ReadRow]) -> dict[int, str]:
        matches = matches_for([row.values["customer"] for row in batch.values()])
        found = {number: matches.of(row.values["customer"], self.job.match_by) for number, row in batch.items()}
        known = _known({match.customer_id for match in found.values() if match.customer_id})
        return {number: self._outcome(row, found[number], known) for number, row in batch.items()}

    def remember(self, rows: Sequence[ImportRow]) -> None:
        """Rows do not depend on each other."""

    def _outcome(self, row: ReadRow, match: Match, known: set[tuple[Any, ...]]) -> str:
        if not row.is_refused:
            judge_customer(self.job, row, match)
        if row.is_refused:
            return Outcome.REFUSE
        values = row.values
        if values["touchpoint"] and search_key(values["touchpoint"]) not in self.places:
            row.problems.append({"code": "touchpoint_unknown", "column": "", "value": values["touchpoint"][:80]})
        if match.customer_id and _minute(match.customer_id, values) in known:
            row.problems.append({"code": "answer_known", "column": ""})
            return Outcome.SKIP
        if left := left_alone(self.job, is_known=False):
            row.problems.append({"code": left, "column": ""})
            return Outcome.SKIP
        return Outcome.CREATE


def write_answers(job: ImportJob, rows: list[RowInHand]) -> list[RowInHand]:
    """Lay in the answers of ``rows`` under their own date; nobody is written to, complaints open by choice only."""
    whose = customers_for(job, rows)
    taken = [row for row in rows if row.id in whose]
    places, surveys = _places(), {metric: _survey(metric) for metric in {row.values["metric"] for row in taken}}
    first = {
        question.survey_id: question for question in Question.objects.filter(survey__in=surveys.values(), position=1)
    }
    rounds = _rounds(job, whose.values())
    belongs: dict[UUID, Survey] = {}
    invitations, responses, answers, entries = [], [], [], []
    sent: Counter[UUID] = Counter()
    for row in taken:
        values, survey, customer_id = row.values, surveys[row.values["metric"]], whose[row.id]
        at, place = datetime.fromisoformat(values["answered_at"]), places.get(search_key(values["touchpoint"]))
        dispatch_id = _dispatch_id(job, values["metric"], rounds[values["metric"], customer_id])
        rounds[values["metric"], customer_id] += 1
        sent[dispatch_id] += 1
        belongs[dispatch_id] = survey
        invitation = Invitation(
            dispatch_id=dispatch_id, survey=survey, customer_id=customer_id, email="", touchpoint_id=place,
            state=Invitation.State.IMPORTED, expires_at=at, created_at=at,
        )  # fmt: skip
        response = Response(
            invitation=invitation, survey=survey, customer_id=customer_id, touchpoint_id=place,
            metric=values["metric"], score=values["score"], words=values["words"], answered_at=at, is_imported=True,
        )  # fmt: skip
        invitations.append(invitation)
        responses.append(response)
        question = first[survey.id]
        answers.append(Answer(response=response, question=question, kind=question.kind, number=values["score"]))
        entries.append(_entry(job, response, values["branch"]))
        row.outcome, row.customer_id, row.record_id = Outcome.CREATED, customer_id, response.id
    _save_dispatches(job, belongs, sent)
    for model, made in ((Invitation, invitations), (Response, responses), (Answer, answers)):
        copy_objects(model, made)
    save_entries(entries)
    if job.opens_complaints:
        for response in responses:
            act_on(response)
    settle(rows)
    return rows


def undo_answers(job: ImportJob, rows: list[ImportRow], changes: Sequence[ImportChange]) -> None:
    """Take answers out again; one that a complaint hangs on, or that was changed since, is kept."""
    ids = [row.record_id for row in rows if row.record_id]
    held = Response.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    found = {response.id: response for response in held}
    uses = uses_of(Response, list(found), job, frozenset({"feedback.answer"}))
    gone: list[Response] = []
    for row in rows:
        response = found.get(row.record_id) if row.record_id else None
        row.outcome = Outcome.UNDONE
        if response is None:
            row.problems = [{"code": "gone", "column": ""}]
        elif response.id in uses:
            keep(row, "kept_in_use", uses=uses[response.id])
        elif response.changed_at is not None:
            keep(row, "kept_changed", model="feedback.response", fields=[])
        else:
            gone.append(response)
    drop_entries([response.id for response in gone])
    Response.objects.filter(pk__in=[response.id for response in gone]).delete()
    invitations = Invitation.objects.filter(pk__in=[response.invitation_id for response in gone])
    dispatches = set(invitations.values_list("dispatch_id", flat=True))
    invitations.delete()
    Dispatch.objects.filter(pk__in=dispatches).annotate(left=Count("invitations")).filter(left=0).delete()
    remove_added(job, changes)


def _entry(job: ImportJob, response: Response, branch: str) -> Interaction:
    data = {"score": response.score, "metric": response.metric, "file": job.file_name, "branch": branch}
    return new_interaction(
        customer_id=response.customer_id,
        kind=Interaction.Kind.SURVEY,
        what="survey.imported",
        direction=Interaction.Direction.IN,
        body=response.words,
        data={key: value for key, value in data.items() if value != ""},
        subject=response,
        occurred_at=response.answered_at,
    )


def _survey(metric: str) -> Survey:
    """The survey past answers belong to: the firm's own of this measure, else one made for them and not in use."""
    own = Survey.objects.filter(metric=metric, questions__position=1, questions__kind=metric)
    known = own.order_by("-is_active", "created_at").first()
    if known is not None:
        return known
    name = str(Survey.Metric(metric).label)
    cadence = Survey.Cadence.RELATIONSHIP if metric == Survey.Metric.NPS else Survey.Cadence.TRANSACTIONAL
    survey = Survey.objects.create(name=name, metric=metric, cadence=cadence, is_active=False)
    Question.objects.create(survey=survey, position=1, kind=metric, text_vi=name, text_en=name, required=True)
    return survey


def _places() -> dict[str, UUID]:
    """Touchpoint by everything it is called."""
    found: dict[str, UUID] = {}
    for ident, code, name, name_en in Touchpoint.objects.values_list("id", "code", "name", "name_en"):
        for called in (name_en, code, name):
            if called:
                found[search_key(called)] = ident
    return found


def _known(customer_ids: set[UUID]) -> set[tuple[Any, ...]]:
    stored = Response.objects.filter(customer_id__in=among(customer_ids)).order_by()
    return {
        (customer, metric, score, moment.replace(second=0, microsecond=0))
        for customer, metric, score, moment in stored.values_list("customer_id", "metric", "score", "answered_at")
    }


def _minute(customer_id: UUID, values: Mapping[str, Any]) -> tuple[Any, ...]:
    moment = datetime.fromisoformat(values["answered_at"]).replace(second=0, microsecond=0)
    return customer_id, values["metric"], values["score"], moment


def _dispatch_id(job: ImportJob, metric: str, number: int) -> UUID:
    """One sending asks a customer once, so their further answers belong to further ones; the same whenever asked."""
    return uuid5(job.id, f"{metric}:{number}")


def _rounds(job: ImportJob, customer_ids: Any) -> Counter[tuple[str, UUID]]:
    """How many answers of this file each customer has already, by measure."""
    responses = Response.objects.filter(pk__in=taken_for(job, customer_ids)).order_by()
    counted = responses.values_list("metric", "customer_id").annotate(number=Count("pk"))
    return Counter({(metric, customer): number for metric, customer, number in counted})


def _save_dispatches(job: ImportJob, surveys: Mapping[UUID, Survey], sent: Mapping[UUID, int]) -> None:
    known = {dispatch.id: dispatch for dispatch in Dispatch.objects.filter(pk__in=list(sent))}
    for ident, number in sent.items():
        dispatch = known.get(ident)
        if dispatch is None:
            dispatch = Dispatch(id=ident, survey=surveys[ident], sent_by=job.uploaded_by, created_at=now())
        dispatch.matched += number
        dispatch.invited += number
        dispatch.save(force_insert=ident not in known)


def _shown(values: Mapping[str, Any]) -> tuple[str, list[str]]:
    when = values.get("answered_at", "")
    score = "" if values.get("score") is None else f"{values['metric'].upper()} {values['score']}"
    day = f"{datetime.fromisoformat(when):%d/%m/%Y}" if when else ""
    whose = values.get("customer", {})
    return " · ".join(part for part in (score, day) if part), [
        part for part in (whose.get("full_name", ""), values.get("words", "")[:60]) if part
    ]


ANSWERS_KIND: Final = ImportKind(
    code="feedback",
    label=_("Past feedback"),
    fields={
        "score_nps": _("Score 0 to 10 (recommendation, NPS)"),
        "score_csat": _("Score 1 to 5 (satisfaction, stars)"),
        "score_ces": _("Score 1 to 7 (ease)"),
        "score": _("Score, measured as another column says"),
        "metric": _("What the score measures"),
        "answered_at": _("When"),
        "words": _("In their words"),
        "touchpoint": _("Touchpoint"),
        "branch": _("Branch"),
        **{field: problems.CUSTOMER_FIELDS[field] for field in CUSTOMER_PART},
    },
    vocabulary=ANSWERS,
    read=read_answer,
    judge=AnswerJudge,
    write=write_answers,
    undo=undo_answers,
    shown=_shown,
    telltales=TELLTALES,
    sentences={
        "score_missing": _("There is no score."),
        "score_off_scale": _("“%(value)s” is no whole number from %(low)s to %(high)s."),
        "metric_missing": _("It is not said what the score measures; choose one of the scales for this column."),
        "metric_unknown": _("“%(value)s” is none of NPS, CSAT and CES."),
        "touchpoint_unknown": _("“%(value)s” is none of your touchpoints; the answer is taken without one."),
        "answer_known": _("This answer is known already: same customer, score and time."),
    },
    refusing=frozenset({"score_missing", "score_off_scale", "metric_missing", "metric_unknown"}),
    adds_customers=True,
    opens_complaints=True,
)
register(ANSWERS_KIND)
