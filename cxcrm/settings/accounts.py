"""Who logs in, with what, and for how long."""

import environ

_env = environ.Env()

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["tenants.staff.backends.StaffBackend"]
LOGIN_URL = "/admin/login/"
LOGIN_REDIRECT_URL = "/admin/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

SESSION_ENGINE = "tenants.staff.sessions"
# In any case over after seven days, and after eight hours without a click.
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_IDLE_SECONDS = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# A link to the first password, in a letter somebody may open after the week-end; and one for who forgot it.
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
FORGOTTEN_PASSWORD_SECONDS = 30 * 60
# Between the password and the second factor, or a provider's answer.
LOG_IN_SECONDS = 10 * 60
# What is dangerous asks again who is there when the last proof is older.
STEP_UP_SECONDS = 15 * 60

# Identity providers at private addresses (10.…, 192.168.…, localhost): only where the operator runs them on purpose.
OUTBOUND_PRIVATE = _env.bool("CXCRM_OUTBOUND_PRIVATE", default=False)
