"""Days that lie ahead in every firm's own calendar, whatever the hour the tests are run at."""

from datetime import UTC, datetime, timedelta

# Not the next month of UTC: for seven hours before it begins, a firm in Việt Nam is in it already.
A_COMING_MONTH = (datetime.now(UTC).date().replace(day=1) + timedelta(days=75)).isoformat()
