"""The page of models in docs/ says what the models say."""

from django.apps import apps
from django.utils import translation

from cxcrm.core.management.commands.describe_models import models_page, models_path
from cxcrm.core.models import Row


def test_the_committed_page_is_current():
    assert models_path().read_text(encoding="utf-8") == models_page(), "run: python manage.py describe_models"


def test_every_table_of_ours_is_on_the_page():
    own = [model.__name__ for model in apps.get_models() if issubclass(model, Row)]
    headings = [line.removeprefix("### ") for line in models_page().splitlines() if line.startswith("### ")]
    assert headings == own


def test_the_page_does_not_change_with_the_reader():
    with translation.override("vi"):
        assert models_page() == models_path().read_text(encoding="utf-8")
