"""How the well-known items of a survey are worded until the firm words them itself; domain.md §3.1."""

from typing import Final

from feedback.logic.choices import Choice

# Item → Vietnamese, English. All but "compared" are sentences customers agree with, 1 to 5.
WORDINGS: Final[dict[str, tuple[str, str]]] = {
    "love": ("Tôi yêu mến {brand}.", "I love {brand}."),
    "compared": (
        "So với những nơi khác {xh} biết, {brand} thế nào?",
        "Compared with other places you know, how is {brand}?",
    ),
    "trust": ("Tôi tin tưởng {brand}.", "I trust {brand}."),
    "understood": ("{brand} hiểu người như tôi.", "{brand} understands people like me."),
    "community": ("{brand} có trách nhiệm với cộng đồng.", "{brand} acts responsibly toward the community."),
    "values_fit": ("{brand} hợp với những điều tôi coi trọng.", "{brand} fits what matters to me."),
    "pillar_people": ("Nhân viên {brand} thật lòng quan tâm đến khách.", "People at {brand} genuinely care."),
    "pillar_process": (
        "Cách làm việc của {brand} thuận tiện cho khách.",
        "The way {brand} does things is convenient for customers.",
    ),
    "pillar_strategy": (
        "{brand} đặt lợi ích của khách lên trước doanh số.",
        "{brand} puts what is good for customers before sales.",
    ),
    "pillar_leadership": (
        "Người quản lý ở {brand} biết lắng nghe và sửa điều chưa ổn.",
        "Those in charge at {brand} listen and put things right.",
    ),
    "pillar_technology": (
        "Ứng dụng, trang web và cách thanh toán của {brand} dễ dùng.",
        "The app, the website and paying at {brand} are easy.",
    ),
}
# What the ends of the scale mean where nothing else was written.
AGREEMENT: Final[dict[str, str]] = {
    "low_vi": "Hoàn toàn không đồng ý",
    "low_en": "Strongly disagree",
    "high_vi": "Hoàn toàn đồng ý",
    "high_en": "Strongly agree",
}
# Low to high; answers keep the value, so a firm may reword them.
COMPARED: Final[tuple[Choice, ...]] = (
    Choice(value="worse", vi="Kém hơn", en="Worse"),
    Choice(value="same", vi="Ngang nhau", en="About the same"),
    Choice(value="better", vi="Tốt hơn", en="Better"),
)
