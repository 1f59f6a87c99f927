"""What operators hold back for all firms: everything, one kind of work, or one way out. Claims heed it at once."""

from django.db import transaction

from cxcrm.core.errors import NotFound
from tenants.models import Pause
from tenants.services.kinds import kinds


@transaction.atomic
def pause(*, scope: str, name: str = "", reason: str = "", by: str = "") -> Pause:
    """Hold back what is due until ``unpause``; nothing is lost meanwhile, and repeating it changes only the reason.

    ``scope`` is one of Pause.Scope; ``name`` the kind of work or the way out, empty for everything. Work already
    begun is finished. Raises NotFound for a kind nobody registered and for no scope.
    """
    if scope not in Pause.Scope.values or (scope == Pause.Scope.KIND and name not in kinds()):
        raise NotFound
    name = "" if scope == Pause.Scope.ALL else name
    held, _created = Pause.objects.update_or_create(
        scope=scope, name=name, defaults={"reason": reason[:200], "paused_by": by[:120]}
    )
    return held


@transaction.atomic
def unpause(*, scope: str, name: str = "") -> bool:
    """Let it go on; True when it was paused."""
    deleted, _by_model = Pause.objects.filter(scope=scope, name="" if scope == Pause.Scope.ALL else name).delete()
    return bool(deleted)
