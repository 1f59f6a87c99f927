"""What a new firm gets on this floor: two surveys, root causes in two levels, three remedies, all to be edited."""

from decimal import Decimal
from typing import Any, Final

from feedback import default_replies
from feedback.item_words import AGREEMENT, WORDINGS
from feedback.models import Question, Remedy, ReplyTemplate, RootCause, Survey
from tenants.services.defaults import Answers, lays_defaults
from tenants.staff.selectors.firm import the_firm

# Wordings: domain.md §3.1.
_WHY: Final[dict[str, Any]] = {
    "position": 2,
    "kind": "text",
    "text_vi": "Lý do chính khiến {xh} cho điểm như vậy là gì?",
    "text_en": "What is the main reason for your score?",
}


def _agreed(position: int, item: str) -> dict[str, Any]:
    vi, en = WORDINGS[item]
    return {"position": position, "kind": "csat", "item": item, "text_vi": vi, "text_en": en, **AGREEMENT}


SURVEYS: Final[tuple[tuple[dict[str, Any], dict[str, str], tuple[dict[str, Any], ...]], ...]] = (
    (
        {"metric": "nps", "cadence": "relationship", "expires_after_days": 30},
        {"vi": "Mức độ sẵn lòng giới thiệu", "en": "Willingness to recommend"},
        (
            {
                "position": 1,
                "kind": "nps",
                "text_vi": "Trên thang điểm 0–10, khả năng {xh} giới thiệu {brand} với bạn bè, người thân "
                "là bao nhiêu?",
                "text_en": "How likely are you to recommend {brand} to a friend or colleague?",
                "low_vi": "Hoàn toàn không",
                "low_en": "Not at all likely",
                "high_vi": "Chắc chắn có",
                "high_en": "Extremely likely",
                "required": True,
            },
            _WHY,
            # Two taps more, and both ends of what empathy is for: being understood, and trust. What else many firms
            # ask is one choice away, and would make the first survey long.
            _agreed(3, "understood"),
            _agreed(4, "trust"),
        ),
    ),
    (
        {"metric": "csat", "cadence": "transactional", "expires_after_days": 14},
        {"vi": "Hài lòng sau lần sử dụng gần đây", "en": "Satisfaction after a visit"},
        (
            {
                "position": 1,
                "kind": "csat",
                "text_vi": "{Xh} hài lòng ở mức nào với lần gần đây nhất tại {brand}?",
                "text_en": "How satisfied were you with your latest visit to {brand}?",
                "low_vi": "Rất không hài lòng",
                "low_en": "Very dissatisfied",
                "high_vi": "Rất hài lòng",
                "high_en": "Very satisfied",
                "required": True,
            },
            _WHY,
        ),
    ),
)

# Cause, and what it is made of; Vietnamese and English.
ROOT_CAUSES: Final[tuple[tuple[tuple[str, str], tuple[tuple[str, str], ...]], ...]] = (
    (
        ("Con người", "People"),
        (
            ("Thái độ, lời nói chưa đúng mực", "Attitude or words out of place"),
            ("Thiếu kỹ năng, kiến thức", "Lack of skill or knowledge"),
            ("Thiếu người vào giờ cao điểm", "Too few people at peak hours"),
        ),
    ),
    (
        ("Quy trình", "Process"),
        (
            ("Xử lý quá lâu", "Takes too long"),
            ("Chuyển qua nhiều người, không ai nhận", "Passed around, nobody takes it"),
            ("Thông tin đưa ra không đúng", "Wrong information given"),
        ),
    ),
    (
        ("Sản phẩm, dịch vụ", "Product or service"),
        (
            ("Chất lượng không đạt", "Quality not met"),
            ("Sai hoặc thiếu hàng", "Wrong or missing item"),
            ("Không an toàn", "Not safe"),
        ),
    ),
    (
        ("Môi trường", "Environment"),
        (
            ("Vệ sinh, không gian", "Cleanliness or space"),
            ("Chỗ gửi xe, lối vào", "Parking or access"),
        ),
    ),
    (
        ("Chính sách", "Policy"),
        (
            ("Đổi trả, hoàn tiền, bảo hành", "Returns, refunds or warranty"),
            ("Giá, phí, khuyến mãi", "Prices, fees or promotions"),
        ),
    ),
    (
        ("Hệ thống", "System"),
        (
            ("Lỗi thanh toán", "Payment failure"),
            ("Lỗi website, ứng dụng, tổng đài", "Website, app or hotline failure"),
            ("Đối tác giao hàng", "Delivery partner"),
        ),
    ),
)

# Vietnamese, English, cost by currency (others as USD), recommended
REMEDIES: Final[tuple[tuple[str, str, dict[str, int], bool], ...]] = (
    (
        "Gọi cho khách trong hôm nay, xin lỗi và thống nhất cách giải quyết",
        "Call the customer today, apologise and agree on a solution",
        {},
        True,
    ),
    (
        "Làm lại hoặc đổi mới miễn phí",
        "Redo or replace free of charge",
        {"VND": 150_000, "SGD": 30, "USD": 20},
        False,
    ),
    (
        "Hoàn tiền ngay và gọi điện xin lỗi",
        "Refund at once and call to apologise",
        {"VND": 300_000, "SGD": 50, "USD": 40},
        False,
    ),
)


@lays_defaults(floor=4)
def lay_feedback(answers: Answers) -> None:
    """Lay each kind in unless the firm has some already; operators have no customers and get none."""
    if answers.is_platform:
        return
    firm = the_firm()
    if not Survey.objects.exists():
        _lay_surveys(firm.language)
    if not RootCause.objects.exists():
        _lay_root_causes()
    if not Remedy.objects.exists():
        _lay_remedies(firm.currency)
    if not ReplyTemplate.objects.exists():
        _lay_reply_templates()


def _lay_surveys(language: str) -> None:
    surveys, questions = [], []
    for fields, names, asked in SURVEYS:
        survey = Survey(name=names["vi" if language == "vi" else "en"], **fields)
        surveys.append(survey)
        questions += [Question(survey=survey, **question) for question in asked]
    Survey.objects.bulk_create(surveys)
    Question.objects.bulk_create(questions)


def _lay_root_causes() -> None:
    causes = []
    for (name, name_en), children in ROOT_CAUSES:
        parent = RootCause(name=name, name_en=name_en)
        causes += [parent, *(RootCause(parent=parent, name=child, name_en=child_en) for child, child_en in children)]
    RootCause.objects.bulk_create(causes)


def _lay_remedies(currency: str) -> None:
    Remedy.objects.bulk_create(
        Remedy(
            name=name,
            name_en=name_en,
            cost=Decimal(costs.get(currency, costs.get("USD", 0))),
            is_recommended=is_recommended,
            position=position,
        )
        for position, (name, name_en, costs, is_recommended) in enumerate(REMEDIES, start=1)
    )


def _lay_reply_templates() -> None:
    """In both languages, whatever the firm's own: customers are answered in theirs."""
    ReplyTemplate.objects.bulk_create(
        ReplyTemplate(name=name, language=language, severity=severity, text=text, position=position)
        for language, replies in (("vi", default_replies.VI), ("en", default_replies.EN))
        for position, (name, severity, text) in enumerate(replies, start=1)
    )
