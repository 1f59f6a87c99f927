"""Countries a firm may be in, and the time zone each stands for until the firm chooses another."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Country(models.TextChoices):
    """ISO 3166 codes; ZZ stands for all others, which have no holidays of their own and begin in UTC."""

    VN = "VN", _("Vietnam")
    SG = "SG", _("Singapore")
    AU = "AU", _("Australia")
    CA = "CA", _("Canada")
    CN = "CN", _("China")
    FR = "FR", _("France")
    DE = "DE", _("Germany")
    HK = "HK", _("Hong Kong")
    IN = "IN", _("India")
    ID = "ID", _("Indonesia")
    JP = "JP", _("Japan")
    KH = "KH", _("Cambodia")
    KR = "KR", _("South Korea")
    LA = "LA", _("Laos")
    MY = "MY", _("Malaysia")
    NL = "NL", _("Netherlands")
    NZ = "NZ", _("New Zealand")
    PH = "PH", _("Philippines")
    CH = "CH", _("Switzerland")
    TW = "TW", _("Taiwan")
    TH = "TH", _("Thailand")
    GB = "GB", _("United Kingdom")
    US = "US", _("United States")
    OTHER = "ZZ", _("Another country")


# Of a country with several zones the one most firms are in.
_TIME_ZONES: Final[dict[str, str]] = {
    Country.VN: "Asia/Ho_Chi_Minh",
    Country.SG: "Asia/Singapore",
    Country.AU: "Australia/Sydney",
    Country.CA: "America/Toronto",
    Country.CN: "Asia/Shanghai",
    Country.FR: "Europe/Paris",
    Country.DE: "Europe/Berlin",
    Country.HK: "Asia/Hong_Kong",
    Country.IN: "Asia/Kolkata",
    Country.ID: "Asia/Jakarta",
    Country.JP: "Asia/Tokyo",
    Country.KH: "Asia/Phnom_Penh",
    Country.KR: "Asia/Seoul",
    Country.LA: "Asia/Vientiane",
    Country.MY: "Asia/Kuala_Lumpur",
    Country.NL: "Europe/Amsterdam",
    Country.NZ: "Pacific/Auckland",
    Country.PH: "Asia/Manila",
    Country.CH: "Europe/Zurich",
    Country.TW: "Asia/Taipei",
    Country.TH: "Asia/Bangkok",
    Country.GB: "Europe/London",
    Country.US: "America/New_York",
}


def time_zone_of(country: str) -> str:
    """Name of the time zone a firm in ``country`` begins with; UTC where we do not know better."""
    return _TIME_ZONES.get(country, "UTC")
