"""What customers say: asked for in surveys, or brought up as complaints."""

from feedback.models.complaint import Complaint, ComplaintCounter, ComplaintNote, Remedy, RootCause
from feedback.models.context import ContextEvent, HeldInvitation
from feedback.models.desk import NoteMention, Perspective, ReplyTemplate
from feedback.models.gap import Belief, Forecast, RealGap
from feedback.models.response import Answer, Dispatch, Invitation, Response
from feedback.models.staff_voice import StaffAnswer, StaffTurn
from feedback.models.survey import Question, Survey

__all__ = [
    "Answer",
    "Belief",
    "Complaint",
    "ComplaintCounter",
    "ComplaintNote",
    "ContextEvent",
    "Dispatch",
    "Forecast",
    "HeldInvitation",
    "Invitation",
    "NoteMention",
    "Perspective",
    "Question",
    "RealGap",
    "Remedy",
    "ReplyTemplate",
    "Response",
    "RootCause",
    "StaffAnswer",
    "StaffTurn",
    "Survey",
]
