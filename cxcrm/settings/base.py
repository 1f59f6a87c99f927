"""Django's own settings: database, hosts, middleware, security, languages."""

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from cxcrm.settings.accounts import *
from cxcrm.settings.api import API_BURST, API_RATE, REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401 - read by name
from cxcrm.settings.apps import INSTALLED_APPS, SHARED_APPS, TENANT_APPS  # noqa: F401 - settings Django and django-tenants read
from cxcrm.settings.mail import mail_settings
from cxcrm.settings.secret import secret_key

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent.parent
HOME = Path(env.str("CXCRM_HOME", default=str(BASE_DIR / ".cxcrm"))).resolve()

VERSION = "0.1.0"
DEBUG = env.bool("CXCRM_DEBUG", default=False)
SECRET_KEY = env.str("CXCRM_SECRET_KEY", default="") or secret_key(HOME)
SECRET_KEY_FALLBACKS = env.list("CXCRM_SECRET_KEY_FALLBACKS", default=[])

# Where firms live: <slug>.<base domain>; the bare base domain is the public host.
BASE_DOMAIN = env.str("CXCRM_BASE_DOMAIN", default="localhost").lower()
WEB_PORT = env.int("CXCRM_PORT", default=8000)
HTTPS = env.bool("CXCRM_HTTPS", default=False)
# The port as the world sees it: behind a proxy it is 443 or 80 and left out of links.
PUBLIC_PORT = env.int("CXCRM_PUBLIC_PORT", default=443 if HTTPS else WEB_PORT)
# Hosts are matched exactly against the domain registry by the tenant middleware, which answers a constant 404.
ALLOWED_HOSTS = ["*"]
USE_X_FORWARDED_HOST = False
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

_database = env.db_url("DATABASE_URL", default="postgres://cxcrm@127.0.0.1:5432/cxcrm")
DATABASES = {
    "default": {
        **_database,
        "ENGINE": "cxcrm.core.db.backend",
        "CONN_MAX_AGE": env.int("CXCRM_CONN_MAX_AGE", default=300),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {**_database.get("OPTIONS", {}), "connect_timeout": 10},
        "TEST": {"NAME": env.str("CXCRM_TEST_DB", default="test_cxcrm")},
    }
}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
# A connection that served this many firms is replaced, for PostgreSQL forgets nothing while it lives.
SCHEMAS_PER_CONNECTION = env.int("CXCRM_SCHEMAS_PER_CONNECTION", default=64)
# Off on purpose: a skipped SET is one more way to stay in somebody else's schema.
TENANT_LIMIT_SET_CALLS = False
# How many schemas stand ready for firms to come; a worker refills them.
SPARE_SCHEMAS = env.int("CXCRM_SPARE_SCHEMAS", default=3)
TEST_RUNNER = "django.test.runner.DiscoverRunner"

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "tenants.context.cache_key",
    }
}

globals().update(mail_settings(env.str("EMAIL_URL", default="smtp://127.0.0.1:1025")))
# Every mail leaves from this mailbox; the firm's name is the display name.
MAIL_FROM_ADDRESS = env.str("CXCRM_MAIL_FROM", default=f"no-reply@{BASE_DOMAIN}")
MAIL_DOMAIN = MAIL_FROM_ADDRESS.rpartition("@")[2]
EMAIL_TIMEOUT = 15  # seconds for each thing a server is waited for
MAIL_DEADLINE = 60  # seconds for one mail in all, well within its lease on the agenda
# Answers to our mails: where they are addressed to, and the ways they come in. Without a domain they go to the firm.
INBOUND_DOMAIN = env.str("CXCRM_INBOUND_DOMAIN", default="").lower()
INBOUND_IMAP_URL = env.str("INBOUND_IMAP_URL", default="")
ANYMAIL_WEBHOOK_SECRET = env.str("ANYMAIL_WEBHOOK_SECRET", default="")  # user:password

MIDDLEWARE = [
    "cxcrm.core.observability.requests.RequestMiddleware",
    "cxcrm.core.health.HealthMiddleware",
    "tenants.middleware.TenantMiddleware",
    "cxcrm.core.api.callers.Programs",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cxcrm.core.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenants.staff.middleware.StaffMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]

ROOT_URLCONF = "cxcrm.urls"
PUBLIC_SCHEMA_URLCONF = "cxcrm.urls_public"
PLATFORM_URLCONF = "cxcrm.urls_platform"
WSGI_APPLICATION = "cxcrm.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "tenants.staff.context_processors.firm",
            ],
            "builtins": ["cxcrm.core.templatetags.figures"],
        },
    },
]

# Unique without regard to case, by a functional constraint Django cannot see.
# Preloading HSTS is for who owns the domain to decide, once, at the browsers' list.
SILENCED_SYSTEM_CHECKS = ["auth.W004", "security.W021"]
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "cxcrm.core.pages.errors.csrf_failed"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# Host-only cookies: __Host- also forbids a Domain attribute, but browsers accept it over HTTPS only.
SESSION_COOKIE_NAME = "__Host-cx_session" if HTTPS else "cx_session"
CSRF_COOKIE_NAME = "__Host-cx_csrf" if HTTPS else "cx_csrf"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

_self = ["'self'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": _self,
        "script-src": _self,
        "img-src": ["'self'", "data:"],
        "font-src": _self,
        "connect-src": _self,
        "form-action": _self,
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": _self,
    }
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["cxcrm.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
LANGUAGE_COOKIE_NAME = "cx_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Static files are served straight from the packages: no collect step, nothing to forget at a deploy.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# json for machines that collect logs, line for people; the level is that of our own rooms, others only warn.
_LOG_FORMAT = env.str("CXCRM_LOG_FORMAT", default="json")
_OURS = {"level": env.str("CXCRM_LOG_LEVEL", default="INFO")}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "cxcrm.core.observability.logs.JsonFormatter"},
        "line": {"()": "cxcrm.core.observability.logs.LineFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": _LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        **dict.fromkeys(["cxcrm", "tenants", "customers", "journeys", "feedback", "workflows"], _OURS),
        # Refused requests leave their line already.
        "django.request": {"level": "ERROR"},
    },
}

# Off when empty: numbers for Prometheus at /metrics of the public host, error reports, traces.
METRICS_TOKEN = env.str("CXCRM_METRICS_TOKEN", default="")
SENTRY_DSN = env.str("SENTRY_DSN", default="")
OTEL_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
