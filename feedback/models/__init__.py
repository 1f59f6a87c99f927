"""What customers say: asked for in surveys, or brought up as complaints."""

from feedback.models.complaint import Complaint, ComplaintCounter, ComplaintNote, Remedy, RootCause
from feedback.models.response import Answer, Dispatch, Invitation, Response
from feedback.models.survey import Question, Survey

__all__ = [
    "Answer",
    "Complaint",
    "ComplaintCounter",
    "ComplaintNote",
    "Dispatch",
    "Invitation",
    "Question",
    "Remedy",
    "Response",
    "RootCause",
    "Survey",
]
