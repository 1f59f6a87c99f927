"""Celery: hints only. Ids in JSON, late acknowledgement, no result backend, no business delays."""

from cxcrm.settings.base import REDIS_URL, env

# How many workers may be busy with one firm in one lane at a time, and how many may talk to the mail server at once.
AGENDA_WORKERS_PER_FIRM = env.int("CXCRM_WORKERS_PER_FIRM", default=8)
MAIL_CONNECTIONS = env.int("CXCRM_MAIL_CONNECTIONS", default=20)

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
# On a second signal, or SIGQUIT, work in hand still gets this long; a plain SIGTERM waits until it is done.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
# Losing the broker loses a hint, so what is under way goes on: cancelling would leave its items leased to nobody, and
# a mail the server has just taken would be sent once more.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TASK_DEFAULT_QUEUE = "normal"
# Longer than twice the hard limit, or a running task is handed to a second worker.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
}
CELERY_TIMEZONE = "UTC"

# The tick only pokes; rows decide. An unread tick expires instead of piling up behind a slow worker.
CELERY_BEAT_SCHEDULE = {
    f"agenda-{lane}": {
        "task": "tenants.run_agenda",
        "schedule": 1.0,
        "args": [lane],
        "options": {"queue": lane, "expires": 3},
    }
    for lane in ("escalation", "normal")
}
