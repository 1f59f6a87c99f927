"""Who brought whom: nobody brings themselves, and nobody brings whom they came by."""

from typing import Final
from uuid import UUID

from customers.errors import ReferralCircle
from customers.models import Customer
from customers.services.locks import REFERRALS, lock

# Longer chains than any word of mouth; a circle is found long before.
_LONGEST: Final = 1_000


def check_referrer(customer_id: UUID, referrer_id: UUID) -> None:
    """Raises ReferralCircle where ``customer_id`` stands somewhere above ``referrer_id``.

    Two may be said to have brought each other at one moment, so such changes wait for one another.
    """
    lock(REFERRALS)
    above: UUID | None = referrer_id
    for _step in range(_LONGEST):
        if above is None:
            return
        if above == customer_id:
            break
        above = Customer.everyone.values_list("referred_by_id", flat=True).filter(pk=above).first()
    raise ReferralCircle(field="referred_by")


def untie(customer: Customer, other_id: UUID) -> None:
    """Two that become one: set (not saved) that ``customer`` was brought by neither of them, nor by whom they brought.

    Called with the referrals of both pointing at ``customer`` already.
    """
    if customer.referred_by_id == other_id:
        customer.referred_by = None
    if customer.referred_by_id is not None:
        try:
            check_referrer(customer.pk, customer.referred_by_id)
        except ReferralCircle:
            customer.referred_by = None
