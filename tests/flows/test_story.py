"""The main job from sign-up to "yes, it is solved", through a real web server, real SMTP and the real agenda."""

from typing import Any

from cxcrm.demo.inbox import Inbox
from cxcrm.demo.story import Story
from tenants.services import provisioning


def test_the_story_is_true(live_site: Any, inbox: Inbox, worker: None) -> None:
    provisioning.ensure_platform("van-hanh@example.com", "Người vận hành")
    told: list[str] = []
    Story(live_site.port, live_site.base_domain, inbox, told.append).play()
    assert [line[:2] for line in told if line[:1].isdigit()] == [f"{number}." for number in range(1, 10)]
