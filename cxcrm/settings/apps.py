"""Which app lives in which schema; the two lists share nothing, so a missed tenant switch fails loudly."""

SHARED_APPS = [
    "django_tenants",
    "tenants",
]

TENANT_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.admin.apps.SimpleAdminConfig",  # sites are composed by hand, never discovered
    "tenants.staff",
    "customers",
    "journeys",
    "feedback",
    "workflows",
]

# Apps without tables.
LIBRARIES = [
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "csp",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "anymail",
    "cxcrm.core",
    "cxcrm.demo",
]

# unfold comes first: django_tenants ships an admin/index.html of its own and would win.
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    *SHARED_APPS,
    *TENANT_APPS,
    *LIBRARIES,
]
