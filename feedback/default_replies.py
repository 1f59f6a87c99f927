"""The reply templates a new firm starts with, in both languages; each passes the reply coach once it is filled in.

None says that something was done: only who writes knows. They tell what will be done, by whom and by when.
"""

from typing import Final

# Name, severity or "", text.
_Reply = tuple[str, str, str]

VI: Final[tuple[_Reply, ...]] = (
    (
        "Đang kiểm tra, hẹn gọi lại",
        "",
        (
            "{{customer_greeting}}\n\n"
            "Dạ {{we}} đã đọc kỹ phản ánh {{number}}: “{{subject}}”. Chuyện này làm {{customer}} phải chờ"
            " và mất công, {{customer}} bực là đúng.\n\n"
            "{{staff_name}} sẽ kiểm tra với quản lý và gọi lại cho {{customer}} trước "
            "{{promised_time}} để báo kết quả."
        ),
    ),
    (
        "Cách giải quyết đã chọn",
        "",
        (
            "{{customer_greeting}}\n\n"
            "Dạ về chuyện {{customer}} kể: “{{subject}}”. Để {{customer}} phải chờ và mất công là lỗi của "
            "{{brand}}.\n\n"
            "Cách giải quyết: {{remedy}}. {{staff_name}} lo việc này và sẽ gọi báo {{customer}} trước "
            "{{promised_time}}."
        ),
    ),
    (
        "Lời nói, thái độ của nhân viên",
        "",
        (
            "{{customer_greeting}}\n\n"
            "Dạ {{we}} đã đọc điều {{customer}} kể: “{{subject}}”. Nghe như vậy ai cũng buồn và khó chịu,"
            " nhất là khi {{customer}} không làm gì sai.\n\n"
            "Quản lý sẽ làm việc với bạn nhân viên, và {{staff_name}} sẽ gọi cho {{customer}} trước "
            "{{promised_time}} để nói rõ kết quả."
        ),
    ),
    (
        "Giao trễ, sai hoặc thiếu món",
        "",
        (
            "{{customer_greeting}}\n\n"
            "Dạ {{we}} đã đọc phản ánh về đơn của {{customer}}: “{{subject}}”. {{brand}} đã để {{customer}} "
            "phải đợi và lỡ việc.\n\n"
            "{{staff_name}} sẽ giao lại cho đúng hoặc hoàn tiền, tùy {{customer}} chọn, và sẽ liên hệ "
            "trước {{promised_time}}."
        ),
    ),
    (
        "An toàn: nhận việc ngay",
        "S1",
        (
            "{{customer_greeting}}\n\n"
            "Dạ {{we}} đã nhận tin: “{{subject}}”. {{we_capital}} hiểu {{customer}} đang lo lắng cho sức "
            "khỏe của mình và người nhà.\n\n"
            "{{staff_name}} báo ngay cho quản lý {{brand}} kiểm tra. Xin {{customer}} giữ lại sản phẩm và hình "
            "chụp. {{staff_name}} sẽ gọi cho {{customer}} trước {{promised_time}}."
        ),
    ),
)
EN: Final[tuple[_Reply, ...]] = (
    (
        "Looking into it, will call back",
        "",
        (
            "{{customer_greeting}}\n\n"
            "Thank you for telling us about this ({{number}}): “{{subject}}”. It left you waiting and "
            "cost you time, and you are right to be annoyed.\n\n"
            "I will look into it with our manager and call you by {{promised_time}} with an answer.\n\n"
            "{{staff_name}}"
        ),
    ),
    (
        "The solution we chose",
        "",
        (
            "{{customer_greeting}}\n\n"
            "About what you told us: “{{subject}}”. That you had to come back to us about it "
            "wasted your time, and that is on us.\n\n"
            "What we will do: {{remedy}}. I will see to it myself and confirm by {{promised_time}}.\n\n"
            "{{staff_name}}"
        ),
    ),
    (
        "What one of us said or did",
        "",
        (
            "{{customer_greeting}}\n\n"
            "I have read what you told us: “{{subject}}”. Being spoken to like that is upsetting, and you"
            " had done nothing wrong.\n\n"
            "Our manager will talk to the colleague concerned. I will call you by {{promised_time}} and "
            "tell you what came of it.\n\n"
            "{{staff_name}}"
        ),
    ),
    (
        "Late, wrong or missing",
        "",
        (
            "{{customer_greeting}}\n\n"
            "I have read what you wrote about your order: “{{subject}}”. We let you down, and you had "
            "to wait for it.\n\n"
            "We will deliver it again or refund you, whichever you prefer, and I will call you by "
            "{{promised_time}} to settle it.\n\n"
            "{{staff_name}}"
        ),
    ),
    (
        "Safety: we are on it now",
        "S1",
        (
            "{{customer_greeting}}\n\n"
            "We have your message: “{{subject}}”. This must be a worry for you.\n\n"
            "I am calling in our manager at once. Please keep the product and any photos. I will "
            "call you by {{promised_time}}.\n\n"
            "{{staff_name}}"
        ),
    ),
)
