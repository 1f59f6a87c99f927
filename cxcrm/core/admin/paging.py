"""Paging that stays cheap on long tables."""

from functools import cached_property

from django.core.paginator import Paginator
from django.utils.formats import number_format

CAP = 10_000


class CappedPaginator(Paginator):
    """Counts up to ``CAP`` rows and no further: nobody pages beyond, they search."""

    @cached_property
    def _counted(self) -> int:
        """As many as there are, or one more than the cap; what the rows are shown with beside is not looked up."""
        return self.object_list.order_by().values("pk")[: CAP + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self._counted, CAP)

    @property
    def said(self) -> str:
        """How many there are, as people read it; with a plus where there are more than were counted."""
        return number_format(self.count, force_grouping=True) + ("+" if self._counted > CAP else "")
