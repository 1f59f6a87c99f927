"""What can be refused about journeys and who answers for them."""

from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import Conflict, InvalidInput


class NotOneTarget(InvalidInput):
    code = "accountability.not_one_target"
    message = _("Name either a touchpoint or a stage, not both.")


class PersonUnfit(InvalidInput):
    code = "accountability.person_unfit"
    message = _("Choose somebody who works here; the deputy must be another person.")


class CodeTaken(Conflict):
    code = "journey.code_taken"
    message = _("This code is already in use. Choose another.")
