"""``play_story``: the nine steps on the running servers; ends with 0 only if each really happened."""

import json
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cxcrm.demo.inbox import Inbox
from cxcrm.demo.story import Story, StoryFailed


class Command(BaseCommand):
    help = "Plays the main job through HTTP, SMTP and the workers, and checks it."

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.HOME) / "demo.json"
        if not path.exists():
            raise CommandError("The story needs the demo: start it with make demo STORY=1.")
        places = json.loads(path.read_text())
        story = Story(settings.WEB_PORT, settings.BASE_DOMAIN, Inbox(places["inbox"]), self.stdout.write)
        started = time.monotonic()
        try:
            story.play()
        except (StoryFailed, TimeoutError, LookupError, OSError) as error:
            raise CommandError(f"The story broke off: {error}") from error
        self.stdout.write(f"The story is true; it took {time.monotonic() - started:.0f} s.")
