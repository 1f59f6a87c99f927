"""Inside ``reading_once`` a selector is asked once per firm and arguments, and outside as often as it is called."""

import pytest

from cxcrm.core.once import once, reading_once
from tenants.context import in_tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked():
    calls = []

    @once
    def selector(number: int = 0) -> int:
        calls.append(number)
        return number + len(calls)

    selector.calls = calls
    return selector


def test_outside_a_block_nothing_is_kept(asked):
    assert [asked(1), asked(1)] == [2, 3]


def test_inside_a_block_each_question_is_asked_once(asked):
    with reading_once():
        assert [asked(1), asked(1), asked(2), asked(1)] == [2, 2, 4, 2]
    assert asked.calls == [1, 2]
    with reading_once():
        assert asked(1) == 4


def test_a_block_within_another_goes_on_with_what_is_known(asked):
    with reading_once():
        first = asked(1)
        with reading_once():
            assert [asked(1), asked(2)] == [first, 4]
        assert [asked(2), asked(1)] == [4, first]
    assert asked.calls == [1, 2]


def test_each_firm_has_its_own_answer(asked, alpha, beta):
    with reading_once():
        for firm in (alpha, beta, alpha):
            with in_tenant(firm):
                asked(1)
    assert asked.calls == [1, 1]


def test_an_error_is_not_kept_and_ends_the_block():
    @once
    def broken() -> None:
        raise LookupError

    with pytest.raises(LookupError), reading_once():
        broken()
    with pytest.raises(LookupError):
        broken()
