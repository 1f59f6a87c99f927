"""The bicycle workshop's journey in words: what riders want at each stage, what they say, what good looks like. Invented."""

from cxcrm.demo.map_words import CALM, CROSS, HURRY, JOY, LET_DOWN, RESPECT, SURPRISE, WORRY, Detail, Felt, Good, Spoken

GOALS = {
    "aware": "Who around here fixes bikes without a lecture?",
    "notice": "See at a glance what they do and what it costs.",
    "interest": "Find out whether they know my kind of bike.",
    "search": "Know when they open, how long it takes, how to book.",
    "choose_buy_use": "A bike that is right the first time, at the price they said.",
    "after_sales": "Collect it when they said, and reach someone if it is not right.",
    "perceive": "Feel that the money was well spent.",
    "love": "Be known by name, and my bike too.",
    "loyal": "Less hassle than the first time, every time.",
    "advocate": "Send a friend and not have to apologise for it.",
}
SEEN_FROM = {"choose_buy_use": "customer", "after_sales": "customer", "loyal": "company"}
DETAILS = (
    Detail("website", "web", "Opening hours, prices and the waiting time are true today."),
    Detail("shop-floor", "place", "Somebody asks how you ride before they show you anything."),
    Detail("workshop", "place", "Fixed the first time, at the price agreed.", is_moment=True, has_point=True),
    Detail("pick-up", "chat", "Ready means ready.", is_moment=True, has_point=True),
    Detail("phone", "phone", "Somebody who knows the bike picks up."),
    Detail("careplan", "app", "Two tune-ups a year, cancelled in one click."),
)
CURVE = (
    Felt("aware", 0.5, 0.9, (
        Spoken("Half my office locks up a bike with your sticker on it.", 1, SURPRISE),
        Spoken("Saw your mechanics fix a stranger's puncture at the bridge, no charge.", 2, JOY),
        Spoken("Cycled past for a year and took you for a courier depot.", -1, HURRY),
    )),
    Felt("notice", 0.3, 0.6, (
        Spoken("Prices on the door. Nobody else does that.", 1, CALM),
        Spoken("Looked like a shop for racers, so I nearly did not come in.", -1, WORRY),
        Spoken("The board says what a service costs before you ask.", 1, CALM),
    )),
    Felt("interest", 0.4, 0.8, (
        Spoken("They let me try the saddle for a week.", 2, SURPRISE),
        Spoken("Asked how far I ride before they showed me anything.", 1, RESPECT),
        Spoken("Too crowded on Saturday to look around.", -1, HURRY),
    )),
    Felt("search", -0.2, 0.7, (
        Spoken("The site said two days, the counter said six.", -2, CROSS),
        Spoken("Could not find whether you take e-cargo bikes.", -1, LET_DOWN),
        Spoken("Booked a slot at midnight in a minute.", 1, CALM),
    )),
    Felt("workshop", 0.2, 0.9, (
        Spoken("Third visit for the same brake rub.", -2, CROSS),
        Spoken("They found the loose spoke nobody else had found.", 2, JOY),
        Spoken("Aisha rang before replacing the chain and saved me S$80.", 2, RESPECT),
    )),
    Felt("pick-up", -0.7, 0.6, (
        Spoken("Your message said ready at 5, I left work early, it wasn't.", -2, CROSS),
        Spoken("Stood at the counter forty minutes for a finished bike.", -1, HURRY),
        Spoken("Ready ten minutes early, washed, with the old parts in a bag.", 2, SURPRISE),
    )),
    Felt("perceive", 0.4, 0.9, (
        Spoken("The invoice reads like plain English. I know what I paid for.", 1, CALM),
        Spoken("Straight talk, fair price.", 2, JOY),
        Spoken("Paid for a full service and the gears still skip.", -2, LET_DOWN),
    )),
    Felt("love", 0.6, 1.0, (
        Spoken("Wei remembered my bike before he remembered my name. Fine by me.", 2, JOY),
        Spoken("They lent me a bike for the week mine was in pieces.", 2, SURPRISE),
        Spoken("Each time I re-explain everything to someone new.", -2, CROSS),
    )),
    Felt("loyal", -0.1, 0.8, (
        Spoken("Cancelled CarePlan online, still billed twice.", -2, CROSS),
        Spoken("Two tune-ups a year and I stopped thinking about it.", 1, CALM),
        Spoken("The plan went up in price without a word.", -1, LET_DOWN),
    )),
    Felt("advocate", 0.5, 0.9, (
        Spoken("Sent my whole running group over. Half of them ride now.", 2, JOY),
        Spoken("I would send my mother, if somebody picked up the phone.", -1, LET_DOWN),
        Spoken("My neighbour went on my word and came back grinning.", 2, JOY),
    )),
)  # fmt: skip
STANDARDS = (
    Good("workshop", "One named mechanic per bike; nothing is replaced before the rider has said yes to the price.", (
        "Open the bike's history before you touch it.",
        "Ring before you replace: what, why, how much.",
        "Photograph the bike when it comes in.",
    )),
    Good("pick-up", "The text goes out when the mechanic has signed off, with the closing time in it.", (
        "Sign off at the stand, not at the counter.",
        "Running late? Say so by three o'clock, with a new time.",
    )),
    Good("careplan", "Cancelled means cancelled: the same day, in one click, with the money back.", (
        "Tell them 30 days before the price changes.",
        "Refund a wrong charge the same day, no form.",
    )),
    Good("website", "What the site says about hours, prices and waiting is true this morning.", (
        "Whoever opens checks the waiting time on the site.",
    )),
)  # fmt: skip
