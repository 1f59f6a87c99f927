"""Contacts for those who may not see them."""

import pytest

from customers.logic.masks import contact_as_read, mask_email


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("lan.nguyen@khach.example", "l***@khach.example"),
        ("a@b.vn", "a***@b.vn"),
        ("@b.vn", "***"),
        ("", "***"),
        ("x", "***"),
    ],
)
def test_addresses(address, masked):
    assert mask_email(address) == masked


def test_contacts_as_each_reads_them():
    assert contact_as_read("phone", "+84912345678", masked=False) == "0912 345 678"
    assert contact_as_read("phone", "+84912345678", masked=True) == "091*****78"
    assert contact_as_read("email", "lan@khach.example", masked=False) == "lan@khach.example"
    assert contact_as_read("email", "lan@khach.example", masked=True) == "l***@khach.example"
