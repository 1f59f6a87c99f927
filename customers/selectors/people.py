"""The people of an organisation."""

from django.db.models import OuterRef, QuerySet, Subquery

from customers.models import Customer, Interaction

# What counts as having been in touch; notes, consents and imports do not.
CONTACTS = (
    Interaction.Kind.VISIT,
    Interaction.Kind.CALL,
    Interaction.Kind.CHAT,
    Interaction.Kind.MAIL,
    Interaction.Kind.ORDER,
)


def people_of(organization: Customer) -> "QuerySet[Customer]":
    """Everybody of ``organization`` by name, each with ``last_contact``, the moment or None."""
    latest = Interaction.objects.filter(customer=OuterRef("pk"), kind__in=CONTACTS).order_by("-occurred_at", "-id")
    return (
        Customer.objects.filter(organization=organization)
        .annotate(last_contact=Subquery(latest.values("occurred_at")[:1]))
        .prefetch_related("contact_points")
        .order_by("sort_key", "id")
    )
