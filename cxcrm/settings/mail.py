"""EMAIL_URL understood: any SMTP server, or an e-mail service provider through django-anymail."""

from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

# scheme of EMAIL_URL -> (anymail backend, name of the setting that takes the key)
PROVIDERS = {
    "brevo": ("brevo", "BREVO_API_KEY"),
    "mailgun": ("mailgun", "MAILGUN_API_KEY"),
    "mailjet": ("mailjet", "MAILJET_API_KEY"),
    "postmark": ("postmark", "POSTMARK_SERVER_TOKEN"),
    "resend": ("resend", "RESEND_API_KEY"),
    "sendgrid": ("sendgrid", "SENDGRID_API_KEY"),
    "sparkpost": ("sparkpost", "SPARKPOST_API_KEY"),
}


def mail_settings(url: str) -> dict[str, object]:
    """Turn ``EMAIL_URL`` into Django settings.

    ``smtp://user:password@host:587``, ``smtp+tls://…``, ``smtp+ssl://…`` for a server; ``postmark://KEY`` and the
    other names of ``PROVIDERS`` for a service. Raises ImproperlyConfigured with the sentence to show.
    """
    scheme = urlsplit(url).scheme
    if scheme in PROVIDERS:
        backend, setting = PROVIDERS[scheme]
        key = unquote(url.partition("://")[2]).strip("/")
        if not key:
            raise ImproperlyConfigured(f"EMAIL_URL={scheme}:// needs the key: {scheme}://YOUR-KEY")
        return {"EMAIL_BACKEND": f"anymail.backends.{backend}.EmailBackend", "ANYMAIL": {setting: key}}
    if scheme not in {"smtp", "smtp+tls", "smtp+ssl", "memorymail"}:
        known = ", ".join(["smtp", "smtp+tls", "smtp+ssl", *PROVIDERS])
        raise ImproperlyConfigured(f"EMAIL_URL starts with {scheme or 'nothing'}://; use one of {known}.")
    try:
        settings = dict(environ.Env.email_url_config(url))
    except ValueError as error:
        raise ImproperlyConfigured(f"EMAIL_URL names no port: {error}.") from error
    if scheme != "memorymail" and not settings["EMAIL_HOST"]:
        raise ImproperlyConfigured(f"EMAIL_URL={scheme}:// needs a server: {scheme}://user:password@host:587")
    return settings
