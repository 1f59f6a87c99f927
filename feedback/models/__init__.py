"""What customers say: asked for in surveys, or brought up as complaints."""

from feedback.models.community import (
    AnswerMark,
    CommunityAnswer,
    CommunityImpact,
    CommunityQuestion,
    CommunityTopic,
    ImpactPhoto,
    QuestionAsk,
    ReputationPoint,
    TopicExpert,
)
from feedback.models.complaint import Complaint, ComplaintCounter, ComplaintNote, Remedy, RootCause
from feedback.models.context import ContextEvent, HeldInvitation
from feedback.models.desk import NoteMention, Perspective, ReplyTemplate
from feedback.models.gap import Belief, Forecast, RealGap
from feedback.models.response import Answer, Dispatch, Invitation, Response
from feedback.models.staff_voice import StaffAnswer, StaffTurn
from feedback.models.survey import Question, Survey

__all__ = [
    "Answer",
    "AnswerMark",
    "Belief",
    "CommunityAnswer",
    "CommunityImpact",
    "CommunityQuestion",
    "CommunityTopic",
    "Complaint",
    "ComplaintCounter",
    "ComplaintNote",
    "ContextEvent",
    "Dispatch",
    "Forecast",
    "HeldInvitation",
    "ImpactPhoto",
    "Invitation",
    "NoteMention",
    "Perspective",
    "Question",
    "QuestionAsk",
    "RealGap",
    "Remedy",
    "ReplyTemplate",
    "ReputationPoint",
    "Response",
    "RootCause",
    "StaffAnswer",
    "StaffTurn",
    "Survey",
    "TopicExpert",
]
