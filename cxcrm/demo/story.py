"""The main job, played on running servers: HTTP in, mails out, and every claim checked.

A firm signs up, imports, asks, is answered, escalates, decides, resolves and is told by the customer whether it is
solved; a second firm with the same customers sees none of it.
"""

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from cxcrm.demo.browser import Browser, Page
from cxcrm.demo.inbox import Inbox, Mail
from cxcrm.demo.spreadsheet import SHOP, SHOP_FILE_NAME, shop_file

PASSWORD = "mở cửa lúc 6 giờ 30"  # noqa: S105 - of a firm that exists for this story only
WORDS = "Tôi quét QR 59k mà bị trừ hai lần, gọi hotline 4 cuộc toàn báo bận. Có 59 nghìn thôi nhưng làm ăn kiểu này tôi chịu."
WAIT = 25.0


class StoryFailed(Exception):
    """Something the story claims did not happen; the text says what."""


def must(true: object, what: str) -> None:
    """Raises StoryFailed with ``what`` unless ``true``."""
    if not true:
        raise StoryFailed(what)


@dataclass
class Firm:
    """One firm of the story and its owner at the screen."""

    slug: str
    host: str
    owner: Browser
    owner_email: str


class Story:
    """Nine chapters; each says what happens and where to look."""

    def __init__(self, port: int, base_domain: str, inbox: Inbox, say: Callable[[str], None]) -> None:
        self.port, self.base, self.inbox, self.say = port, base_domain, inbox, say
        self.run = secrets.token_hex(3)
        self.staff: dict[str, dict[str, Any]] = {}

    def play(self) -> None:
        """Play all chapters. Raises StoryFailed, TimeoutError or LookupError at the first thing that is not so."""
        for number, chapter in enumerate(
            (
                self.a_firm_exists,
                self.customers_are_imported,
                self.a_survey_is_sent,
                self.the_customer_answers,
                self.the_answer_is_a_complaint,
                self.nobody_acts,
                self.the_deputy_decides,
                self.staff_resolve_it,
                self.it_is_all_there_and_nobody_else_sees_it,
            ),
            start=1,
        ):
            self.say(f"{number}. {(chapter.__doc__ or '').strip()}")
            chapter()

    # 1
    def a_firm_exists(self) -> None:
        """A firm signs up; its schema, address, owner and defaults are there."""
        self.firm = self.sign_up(f"quan-{self.run}", "Quán Sương Mai", f"bao.{self.run}@quan.example", "Trần Quốc Bảo")
        api = self.firm.owner.api
        must(len(self.rows("sla-policies/")) == 4, "four severities have promised times")
        [calendar] = self.rows("calendars/")
        must(calendar["windows"]["0"], "the calendar knows Monday's hours")
        [self.policy] = self.rows("escalation-policies/")
        must(
            [level["audience"] for level in self.policy["levels"]] == ["owner", "manager", "executive", "chief"],
            "ladder",
        )
        self.survey = next(row for row in self.rows("surveys/") if row["metric"] == "nps")
        first = self.survey["questions"][0]
        must(
            "giới thiệu" in first["text_vi"] and "recommend" in first["text_en"], "the NPS survey speaks both languages"
        )
        for key, name, title, role, manager in (
            ("duyen", "Lê Thị Mỹ Duyên", "Giám đốc Vận hành", "executive", ""),
            ("trang", "Đỗ Thu Trang", "Giám đốc Tài chính", "executive", ""),
            ("tung", "Ngô Thanh Tùng", "Trưởng Chăm sóc khách hàng", "manager", "duyen"),
            ("thia", "Danh Sóc Thia", "Chăm sóc khách hàng", "agent", "tung"),
        ):
            self.add_staff(key, name, title, role, manager)
        touchpoints = self.rows("touchpoints/")
        self.touchpoint = next(row for row in touchpoints if "payment" in row["code"] or "toán" in row["name"])
        must(len(self.rows("touchpoints/?unowned=true")) == len(touchpoints), "nobody is accountable for anything yet")
        today = date.today().isoformat()  # noqa: DTZ011 - the day on this machine, as a person would type it
        self.ok(
            api("POST", "accountabilities/", {
                "executive": self.staff["trang"]["id"], "touchpoint": self.touchpoint["id"], "from_day": today,
            }), 201,
        )  # fmt: skip
        self.ok(
            api("POST", "absences/", {
                "user": self.staff["trang"]["id"], "deputy": self.staff["duyen"]["id"], "starts_on": today,
                # The story may be played over midnight.
                "ends_on": (date.fromisoformat(today) + timedelta(days=1)).isoformat(),
            }), 201,
        )  # fmt: skip
        # A story cannot wait for days: this firm is open around the clock and promises an answer within seconds.
        always = {str(day): [["00:00", "24:00"]] for day in range(7)}
        self.ok(api("PATCH", f"calendars/{calendar['id']}/", {"windows": always}))
        for day in self.rows(f"calendars/{calendar['id']}/days/"):
            if abs((date.fromisoformat(day["day"]) - date.fromisoformat(today)).days) <= 2:
                self.ok(api("DELETE", f"calendars/{calendar['id']}/days/{day['id']}/"), 204)
        for policy in self.rows("sla-policies/"):
            changes = {"resolve": "PT7S", "first_contact": "PT6S", "around_the_clock": True}
            self.ok(api("PATCH", f"sla-policies/{policy['id']}/", changes))
        chief = self.policy["levels"][3]
        path = f"escalation-policies/{self.policy['id']}/levels/{chief['id']}/"
        self.ok(api("PATCH", path, {"after_breach": "PT30S"}))
        self.look(f"http://{self.firm.host}:{self.port}/admin/  ({self.firm.owner_email}, “{PASSWORD}”)")

    # 2
    def customers_are_imported(self) -> None:
        """Staff import the list a shop really has: dry run, then commit."""
        self.people = self.import_shop(self.firm)
        lan = self.people["Lan"]
        must(lan["salutation"] == "chi" and lan["salutation_source"] == "import", "“C. Lan” is addressed as chị Lan")
        must(lan["phones"] == ["+84912345678"], "the lost leading zero is back")
        found = self.rows("customers/?search=thu ha")
        must([row["full_name"] for row in found] == ["Nguyễn Thị Thu Hà"], "search finds Thu Hà without accents")
        must(len(self.rows("customers/?search=345678")) == 1, "search finds part of a phone number")
        self.ok(self.firm.owner.api("PATCH", f"customers/{lan['id']}/", {"owner": self.staff["thia"]["id"]}))
        self.look(f"http://{self.firm.host}:{self.port}/admin/customers/customer/")

    # 3
    def a_survey_is_sent(self) -> None:
        """A survey goes to those who may be asked; the first question is in the mail."""
        chosen = {"customers": [row["id"] for row in self.people.values()], "touchpoint": self.touchpoint["id"]}
        preview = self.ok(
            self.firm.owner.api("POST", f"surveys/{self.survey['id']}/preview/", {"customers": chosen["customers"]})
        )
        must(preview["skipped"].get("no_consent", 0) >= 2, "who never agreed is not asked")
        dispatch = self.ok(self.firm.owner.api("POST", f"surveys/{self.survey['id']}/send/", chosen), 201)
        self.lan_mail = f"lan.{self.run}@khach.example"
        mail = self.inbox.wait(self.lan_mail, seconds=WAIT)
        must("chị Lan" in mail.text, "the mail greets chị Lan")
        must("giới thiệu" in mail.text, "the question stands in the mail")
        scores = [link for link in mail.links if "/s/" in link and "score=" in link]
        must(len(set(scores)) == 11, f"eleven numbers to tap, not {len(set(scores))}")
        must(mail.headers.get("list-unsubscribe-post") == "List-Unsubscribe=One-Click", "one-click opt-out")
        must(self.inbox.count(f"huy.{self.run}@khach.example") == 0, "who said no got nothing")
        self.invitation, self.scores = mail, scores
        self.say(f"   {dispatch['invited']} invited, left out: {dispatch['skipped']}")
        self.look(f"{self.inbox.url}/  (to {self.lan_mail})")

    # 4
    def the_customer_answers(self) -> None:
        """A scanner follows every link and records nothing; chị Lan taps 3, writes, sends – twice."""
        customer = self.visitor(self.firm)
        for link in self.scores:
            must(customer.get(link).status == 200, "every number opens the page")
        must(not self.rows("responses/"), "opening links records nothing")
        three = next(link for link in self.scores if link.endswith("score=3"))
        page = customer.get(three)
        form = page.form(holding="score")
        must(form.fields.get("score") == "3", "the tapped number is chosen on the page")
        for _time in range(2):
            answer = customer.submit(page, form, words=WORDS)
            must(answer.status == 200, f"the answer is taken ({answer.status})")
        [response] = self.rows("responses/")
        must((response["score"], response["words"]) == (3, WORDS), "one row holds what she said")
        self.look(f"http://{self.firm.host}:{self.port}/admin/feedback/response/")

    # 5
    def the_answer_is_a_complaint(self) -> None:
        """The 3 with words is a complaint: number, severity, owner, acknowledgement, clock."""
        [complaint] = self.rows("complaints/")
        self.complaint = complaint
        must(re.fullmatch(r"KN-\d{4}-\d{5}", complaint["number"]), f"number {complaint['number']}")
        must(complaint["severity"] == "S2", f"money taken twice is S2, not {complaint['severity']}")
        must(complaint["touchpoint"] == self.touchpoint["id"], "it lies on the touchpoint it was about")
        must(complaint["owner"] == self.staff["thia"]["id"], "it has an owner")
        receipt = self.inbox.wait(self.lan_mail, number=2, seconds=WAIT)
        must(complaint["number"] in receipt.subject + receipt.text, "the acknowledgement carries the number")
        self.tracking = receipt.link("/t/")
        must(complaint["number"] in self.visitor(self.firm).get(self.tracking).text, "she can follow it")
        clocks = self.rows(f"complaints/{complaint['id']}/clocks/")
        must(any(clock["kind"] == "resolve" for clock in clocks), "the clock runs")
        self.look(f"{self.complaint_page()}  ({complaint['number']})")

    # 6
    def nobody_acts(self) -> None:
        """Nobody acts; the ladder climbs: owner, manager, and for the absent executive her deputy."""
        told = {key: self.escalation(self.email(key)) for key in ("thia", "tung", "duyen")}
        must(not self.about_it(self.email("trang")), "the executive who is away is spared")
        self.mail = told["duyen"]
        must("Trang" in self.mail.text, "the mail says whom she stands in for")
        must("trừ hai lần" in self.mail.text, "the mail quotes the customer")
        must("912345678" not in re.sub(r"\D", "", self.mail.text), "no full phone number in the mail")
        self.say(f"   {self.mail.subject}")
        self.look(f"{self.inbox.url}/  (to {self.email('duyen')})")

    # 7
    def the_deputy_decides(self) -> None:
        """She opens the buttons – nothing happens; she confirms an option – the ladder stops."""
        visitor = self.visitor(self.firm)
        buttons = [link for link in self.mail.links if "/d/" in link]
        must(len(buttons) >= 5, f"take, options, delegate, more time: {len(buttons)} buttons")
        for link in buttons:
            must(visitor.get(link).status == 200, "each button opens the confirmation page")
        must(not self.rows(f"complaints/{self.complaint['id']}/decisions/"), "opening buttons decides nothing")
        option = self.affordable([link for link in buttons if "do=choose" in link])
        page = visitor.get(option)
        remedy = option.partition("remedy=")[2].partition("&")[0]
        form = page.form(holding="kind")
        must((form.fields["kind"], form.fields["remedy_id"]) == ("choose", remedy), "the tapped option stands first")
        must(visitor.submit(page, form).status == 200, "the decision is taken")
        [decision] = self.rows(f"complaints/{self.complaint['id']}/decisions/")
        must((decision["kind"], decision["remedy"]) == ("choose", remedy), "it is on record")
        [ladder] = self.rows(f"complaints/{self.complaint['id']}/ladders/")
        must(ladder["state"] == "held", f"the ladder is held, not {ladder['state']}")
        spent = visitor.submit(page, form)
        must(spent.status in {200, 409, 410}, "the button does nothing a second time")
        must(len(self.rows(f"complaints/{self.complaint['id']}/decisions/")) == 1, "one decision")
        must(not self.about_it(self.firm.owner_email), "the chief executive was not bothered")

    # 8
    def staff_resolve_it(self) -> None:
        """Staff resolve it; she says no – it reopens one rung higher; then yes – everybody gets a closing note."""
        api, path = self.firm.owner.api, f"complaints/{self.complaint['id']}/"
        refused = api("POST", f"{path}resolve/", {"action_taken": ""})
        must(refused.status == 400, "no answer without cause and action")
        cause = next(row for row in self.rows("root-causes/") if row["parent"])
        done = {"root_cause": cause["id"], "action_taken": "Đã hoàn 59.000 ₫ và gọi xin lỗi chị."}
        refused = api("POST", f"{path}resolve/", done)
        must(refused.status == 409, "so serious a case is first seen from the customer's side")
        self.ok(
            api("POST", f"{path}perspective/", {
                "trying": "Mua ly cà phê trước giờ làm", "happened": "Bị trừ hai lần, gọi bốn cuộc đều bận",
                "feeling": "annoyed", "quote": "làm ăn kiểu này tôi chịu", "good_end": "Tiền về trong ngày",
            }), 201,
        )  # fmt: skip
        self.ok(api("POST", f"{path}resolve/", done))
        question = self.solved_mail(1)
        visitor = self.visitor(self.firm)
        must(visitor.get(question.link("answer=no")).status == 200, "the page opens")
        must(self.ok(api("GET", path))["state"] == "communicated", "opening the link changes nothing")
        self.answer_solved(visitor, question, "no", "Tiền vẫn chưa về.")
        must(self.ok(api("GET", path))["state"] == "reopened", "her no reopens it")
        self.escalation(self.firm.owner_email)  # one rung higher: the chief executive is told
        self.ok(api("POST", f"{path}resolve/", {**done, "action_taken": "Đã chuyển khoản lại, chị xác nhận đã nhận."}))
        self.answer_solved(visitor, self.solved_mail(2), "yes", "")
        must(self.ok(api("GET", path))["state"] == "closed_confirmed", "her yes closes it")
        for address in (self.email("thia"), self.email("tung"), self.email("duyen"), self.firm.owner_email):
            self.only(address, "closing")
        must(not self.about_it(self.email("trang")), "who was never told gets no closing note")
        self.look(self.complaint_page())

    # 9
    def it_is_all_there_and_nobody_else_sees_it(self) -> None:
        """Timeline, admin and API tell it all; a second firm with the same customers sees none of it."""
        lan = self.people["Lan"]["id"]
        told = {row["what"] for row in self.rows(f"customers/{lan}/timeline/?limit=200")}
        wanted = {
            "survey.invited", "survey.answered", "complaint.opened", "complaint.acknowledged", "complaint.escalated",
            "complaint.decided", "complaint.resolved", "complaint.reopened", "complaint.confirmed",
        }  # fmt: skip
        must(wanted <= told, f"missing on the timeline: {sorted(wanted - told)}")
        for page in (f"customers/customer/{lan}/change/", f"feedback/complaint/{self.complaint['id']}/change/"):
            shown = self.firm.owner.get(f"/admin/{page}")
            must(shown.status == 200 and self.complaint["number"] in shown.text, f"the admin shows it at {page}")
        other = self.sign_up(f"khac-{self.run}", "Quán Khác", f"chu.{self.run}@khac.example", "Lê Văn Khác")
        people = self.import_shop(other)
        must(people["Lan"]["emails"] == [self.lan_mail], "the second firm has the same chị Lan")
        for path in ("complaints/", "responses/", "invitations/"):
            must(not self.rows(path, other), f"the second firm's {path} is empty")
        for path in (f"complaints/{self.complaint['id']}/", f"customers/{lan}/", f"customers/{lan}/timeline/"):
            must(other.owner.api("GET", path).status == 404, f"{path} does not exist there")
        for address in (self.scores[3], self.tracking, self.mail.link("/d/")):
            must(self.visitor(other).get(address).status == 404, "links of the first firm open nothing there")
        must(self.inbox.count(self.lan_mail) == 4, f"chị Lan got four mails, not {self.inbox.count(self.lan_mail)}")

    # -- what chapters share -------------------------------------------------------------------------------------

    def sign_up(self, slug: str, name: str, email: str, owner_name: str) -> Firm:
        public = Browser(self.base, self.port)
        page = public.get("/signup/")
        form = page.form(holding="owner_email")
        filled = {"name": name, "slug": slug, "owner_name": owner_name, "owner_email": email, "language": "vi"}
        sent = public.submit(page, form, **filled)
        must(sent.status == 200 and email in sent.text, f"sign-up of {slug} ({sent.status})")
        page = public.get(self.inbox.wait(email, seconds=WAIT).link("/s/"))
        host = f"{slug}.{self.base}"
        confirmed = public.press(page, page.form(holding="confirm"))
        must(f"//{host}:" in confirmed.headers.get("location", ""), f"{host} is there at once ({confirmed.status})")
        owner = Browser(host, self.port)
        page = owner.get(confirmed.headers["location"])
        chosen = owner.submit(page, page.form(holding="again"), password=PASSWORD, again=PASSWORD)
        must(chosen.status == 200, f"the owner chooses a password ({chosen.status})")
        page = owner.get("/admin/login/")
        owner.submit(page, page.form(holding="username"), username=email, password=PASSWORD)
        must(owner.get("/admin/").status == 200 and owner.api("GET", "me/").status == 200, "the owner logs in")
        return Firm(slug, host, owner, email)

    def add_staff(self, key: str, name: str, title: str, role: str, manager: str) -> None:
        owner = self.firm.owner
        page = owner.get("/admin/staff/user/add/")
        form = page.form(holding="full_name")
        fields = {
            "full_name": name, "email": self.email(key), "job_title": title, "role": role, "language": "vi",
            "manager": self.staff[manager]["id"] if manager else "", "authority_limit": "5000000", "is_active": "on",
        }  # fmt: skip
        owner.submit(page, form, **fields)
        rows = [row for row in self.rows("users/?limit=200") if row["email"] == self.email(key)]
        must(rows, f"{name} has an account")
        self.staff[key] = rows[0]

    def import_shop(self, firm: Firm) -> dict[str, Any]:
        rows = [
            replace(row, email=row.email.replace("@", f".{self.run}@", 1)) if "@" in row.email else row for row in SHOP
        ]
        uploaded = firm.owner.upload("imports/", "file", SHOP_FILE_NAME, shop_file(rows))
        job = self.ok(uploaded, 201)
        must(not self.rows("customers/", firm), "the dry run touches nobody")
        must(
            (job["to_create"], job["refused"]) == (9, 2), f"9 can come in, 2 not: {job['to_create']}, {job['refused']}"
        )
        self.ok(firm.owner.api("POST", f"imports/{job['id']}/start/", {}))
        state = f"imports/{job['id']}/"
        self.until(lambda: self.ok(firm.owner.api("GET", state))["state"] == "done", "the import is done")
        return {row["given_name"]: row for row in self.rows("customers/?limit=200", firm)}

    def affordable(self, links: list[str]) -> str:
        """The recommended option within her authority: the cheapest of those offered."""
        remedies = {row["id"]: float(row["cost"]) for row in self.rows("remedies/")}
        return min(links, key=lambda link: remedies[link.partition("remedy=")[2].partition("&")[0]])

    def solved_mail(self, number: int) -> Mail:
        def found() -> list[Mail]:
            return [mail for mail in self.inbox.mails(self.lan_mail) if any("/r/" in link for link in mail.links)]

        self.until(lambda: len(found()) >= number, "the customer is asked whether it is solved")
        return found()[number - 1]

    def answer_solved(self, visitor: Browser, mail: Mail, answer: str, words: str) -> None:
        page = visitor.get(mail.link(f"answer={answer}"))
        form = page.form(holding="answer")
        must(form.fields.get("answer") == answer, "the tapped answer is chosen")
        must(visitor.submit(page, form, words=words).status == 200, "her answer is taken")

    def about_it(self, address: str) -> list[Mail]:
        return [mail for mail in self.inbox.mails(address) if self.complaint["number"] in mail.subject]

    def escalation(self, address: str) -> Mail:
        """The one escalation mail to ``address``."""
        return self.only(address, "escalation")

    def only(self, address: str, kind: str) -> Mail:
        """The one mail of ``kind`` about the complaint to ``address``, waiting for it."""

        def found() -> list[Mail]:
            return [mail for mail in self.about_it(address) if mail.kind == kind]

        self.until(lambda: bool(found()), f"{address} gets the mail “{kind}”")
        must(len(found()) == 1, f"{address} gets one mail “{kind}”, not {len(found())}")
        return found()[0]

    def visitor(self, firm: Firm) -> Browser:
        return Browser(firm.host, self.port)

    def email(self, key: str) -> str:
        return f"{key}.{self.run}@quan.example"

    def complaint_page(self) -> str:
        return f"http://{self.firm.host}:{self.port}/admin/feedback/complaint/{self.complaint['id']}/change/"

    def rows(self, path: str, firm: Firm | None = None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ok((firm or self.firm).owner.api("GET", path.replace(" ", "%20")))["results"]
        return found

    def ok(self, page: Page, status: int = 200) -> Any:
        must(page.status == status, f"{page.path} answered {page.status}, not {status}: {page.text[:300]}")
        return page.json if page.body else None

    def until(self, true: Callable[[], bool], what: str, seconds: float = WAIT) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if true():
                return
            time.sleep(0.15)
        raise StoryFailed(f"waited {seconds:.0f} s: {what}")

    def look(self, where: str) -> None:
        self.say(f"   look: {where}")
