"""No English on any page of a Vietnamese firm; here because the two populated firms show every page with rows on it."""

import pytest

from feedback.models import ReplyTemplate
from journeys.models import Stage, Touchpoint
from tenants.context import in_tenant
from tests.isolation.asking import Who
from tests.isolation.routes import TENANT, classify, routes
from tests.support.words import english, read

ROUTES = [route for route in routes(TENANT) if not route.is_api and classify(route)[0] in {"staff", "public", "link"}]


def pages(world):
    """Every page of the firm that opens, as its owner or its customers see it: the path and what stands there."""
    owner = Who("owner", cookies=tuple(world.cookies.items()))
    for route in ROUTES:
        values = {}
        for name, label in classify(route)[1].items():
            values[name] = world.tokens[route.name] if name == "token" else world.id_of(label)
        if set(route.names) - set(values):
            continue
        path = route.path(values)
        who = owner if route.is_admin else Who("nobody")
        answer = who.ask(world.tenant, "get", path)
        if answer.status == 200 and "<html" in answer.text[:2000]:
            yield path, answer.text


def english_names(world):
    """What the firm itself calls its stages, touchpoints and ready words in English."""
    with in_tenant(world.tenant):
        names = {name for model in (Stage, Touchpoint) for name in model.objects.values_list("name_en", flat=True)}
        return names | set(ReplyTemplate.objects.values_list("name", flat=True))


def test_no_english_is_reachable_in_vietnamese(victim):
    seen, found, known = 0, {}, frozenset({"English", *english_names(victim)})
    for path, text in pages(victim):
        assert '<html lang="vi"' in text, path
        seen += 1
        assert ">None<" not in text, path
        words = [word for word in english(text, known=known) if victim.canary.lower() not in word.lower()]
        if words:
            found.update(dict.fromkeys(words, path))
    assert not found, "\n".join(f"{path}: {text}" for text, path in found.items())
    assert seen > 60


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Please add a customer</p>", ["Please add a customer"]),
        ("<p>Vui lòng thêm khách hàng</p>", []),
        ('<button aria-label="Close this window">×</button>', ["Close this window"]),
        ("<p>Save</p>", ["Save"]),
        ("<p>In phiếu do em Lan</p>", []),
        ("<blockquote>The soup was cold</blockquote><p lang='en'>The soup</p><script>the and of</script>", []),
        ("<input type=submit value='Save and continue'><input value='the words of a customer'>", ["Save and continue"]),
    ],
)
def test_english_is_recognised(html, expected):
    assert list(english(html)) == expected


def test_what_is_seen_is_read_in_order():
    page = '<h1>Một</h1><img alt="Hai"><br><p>Ba <b>bốn</b></p><i class="material-symbols-outlined">home</i>'
    assert read(page) == ["Một", "Hai", "Ba", "bốn"]
