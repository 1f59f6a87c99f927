"""The reasons to pause a complaint that a new firm starts with, and what its customers read meanwhile."""

from typing import Final

_Both = tuple[str, str]

# Each in Vietnamese and English: the reason, then what the customer reads.
PAUSE_REASONS: Final[tuple[tuple[_Both, _Both], ...]] = (
    (
        ("Chờ khách gửi thêm thông tin", "Waiting for the customer"),
        (
            "Chúng tôi đang chờ thông tin từ Quý khách để làm tiếp.",
            "We are waiting for word from you before we can go on.",
        ),
    ),
    (
        ("Chờ nhà cung cấp, đối tác", "Waiting for a supplier or partner"),
        ("Chúng tôi đang chờ đối tác trả lời.", "We are waiting for a partner of ours to answer."),
    ),
    (
        ("Chờ hàng, linh kiện về", "Waiting for goods or parts"),
        ("Chúng tôi đang chờ hàng về.", "We are waiting for goods to arrive."),
    ),
    (
        ("Khách hẹn ngày khác", "The customer asked for another day"),
        ("Chúng tôi làm tiếp vào ngày Quý khách đã hẹn.", "We go on at the day you asked for."),
    ),
)

# The same where a page speaks to somebody it knows: {we}, {We}, {xh} and {Xh} as in the brand's lines. What a firm
# wrote itself is not among these and is shown as it stands.
ADDRESSED: Final[dict[str, str]] = {
    "Chúng tôi đang chờ thông tin từ Quý khách để làm tiếp.": "{We} đang chờ thông tin từ {xh} để làm tiếp.",
    "Chúng tôi đang chờ đối tác trả lời.": "{We} đang chờ đối tác trả lời.",
    "Chúng tôi đang chờ hàng về.": "{We} đang chờ hàng về.",
    "Chúng tôi làm tiếp vào ngày Quý khách đã hẹn.": "{We} làm tiếp vào ngày {xh} đã hẹn.",
}
