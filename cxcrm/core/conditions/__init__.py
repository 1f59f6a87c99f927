"""The product's one condition language: a tree of questions asked of a row, in Python and in SQL alike.

A condition is JSON: ``{"all": […]}``, ``{"any": […]}``, ``{"not": …}`` around leaves ``{"field", "op", "value"}``, a
leaf about what happened over time with ``"days"`` as well ("purchases in the last 90 days"). What may be asked by, and
where a value stands, is declared once per kind of row in a ``Catalogue``; apps above add fields of their own to it.

There are two answers, yes and no. A value nobody knows answers every question with no, except whether it is there; the
negative questions (is not, none of, does not contain) are the plain opposites of the positive ones and so hold for
who has no value. ``holding`` and ``sources`` keep to this alike, which ``tests/customers/test_conditions.py`` holds.
"""
