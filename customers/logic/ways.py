"""What the words of a list say of how a customer came."""

from typing import Final

from customers.logic.text import search_key

# In this order: "Facebook của bạn" is a friend's word, "quảng cáo Facebook" an advert.
_WORDS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("advert", ("quang cao", "advert", "ads", "banner", "to roi", "flyer", "poster", "bang hieu")),
    ("kol", ("kol", "koc", "influencer", "reviewer", "nguoi noi tieng")),
    (
        "friends",
        (
            "ban be", "ban gioi thieu", "nguoi quen", "nguoi nha", "gia dinh", "dong nghiep", "gioi thieu", "ru",
            "friend", "family", "colleague", "word of mouth", "referral", "referred",
        ),
    ),
    ("tiktok", ("tiktok", "tik tok")),
    ("map", ("map", "maps", "ban do")),
    ("review", ("review", "reviews", "danh gia", "foody", "tripadvisor")),
    ("social", ("facebook", "fb", "zalo", "fanpage", "instagram", "social")),
    ("walked_past", ("di ngang", "di ngang qua", "walked", "walk in", "passing", "vang lai", "gan nha", "gan day")),
    ("tried", ("dung thu", "an thu", "uong thu", "tried", "trial", "sample", "tu thu")),
)  # fmt: skip


def way_of(words: str) -> str:
    """The way ``words`` name, "other" for what we do not know; accents and capitals do not matter."""
    padded = f" {search_key(words)} "
    for way, names in _WORDS:
        if any(f" {name} " in padded for name in names):
            return way
    return "other"
