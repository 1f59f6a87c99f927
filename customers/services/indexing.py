"""The keys customers are found and sorted by; every service that changes what they are made of calls this."""

from collections.abc import Iterable
from typing import Any

from customers.logic.phones import display_phone
from customers.logic.text import person_sort_key, search_key, vietnamese_sort_key
from customers.models import Customer

_SORT_KEY = 400


def index_customer(customer: Any, *, phones: Iterable[str], emails: Iterable[str], numbers: Iterable[str]) -> None:
    """Set ``search_text`` and ``sort_key`` of ``customer`` (not saved).

    The text has one entry a line, the name first, so that " ha" finds a word of a name. Phones stand there
    as E.164 and as digits typed at home. People are sorted by given name, organisations by name.
    """
    # Addresses and numbers are stored as they are searched for.
    words = (search_key(word) for word in (customer.full_name, *numbers, *customer.tags))
    name, *others = words
    keys = [name, *emails, *_spellings(phones), *others]
    customer.search_text = "".join(f"{key}\n" for key in keys if key)
    if customer.kind == Customer.Kind.PERSON:
        sort_key = person_sort_key(customer.full_name, customer.given_name)
    else:
        sort_key = vietnamese_sort_key(customer.full_name)
    customer.sort_key = sort_key[:_SORT_KEY]


def _spellings(phones: Iterable[str]) -> list[str]:
    found = []
    for phone in phones:
        found.append(phone)
        if phone.startswith("+84"):
            found.append(f"0{phone[3:]}")
            continue
        national = "".join(char for char in display_phone(phone) if char.isdigit())
        if national not in phone:
            found.append(national)
    return found
