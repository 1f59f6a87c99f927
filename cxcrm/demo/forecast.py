"""Who may leave the demo firms, trained on what they sold and tested on it: true of them, as everything in the demo."""

from customers.models import ChurnModel
from customers.services.health import tend, train_forecast


def lay_forecast() -> None:
    """Train and count everybody; done once, and continued where a load was killed."""
    model = ChurnModel.objects.first() or train_forecast()
    tend(model_id=model.pk, budget=3_600)
