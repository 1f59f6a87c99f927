"""What the customers room may refuse, each with the field it is about where there is one."""

from typing import Any, Self

from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import Conflict, Gone, InvalidInput, NotFound


class CustomerNotFound(NotFound):
    code = "customer.not_found"
    message = _("This customer does not exist.")


class NameMissing(InvalidInput):
    code = "customer.name_missing"
    message = _("Please enter a name.")


class TextInvalid(InvalidInput):
    """``data``: field, and limit when the text is too long."""

    code = "customer.text_invalid"
    message = _("This text is too long or holds characters that cannot be stored.")


class ChoiceInvalid(InvalidInput):
    """``data``: field, value."""

    code = "customer.choice_invalid"
    message = _("Please choose one of the values offered.")


class ReferenceUnknown(InvalidInput):
    """``data``: field."""

    code = "customer.reference_unknown"
    message = _("What you chose here does not exist any more.")


class ReferralCircle(InvalidInput):
    """``data``: field."""

    code = "customer.referral_circle"
    message = _("Nobody brings themselves, nor whom they came by. Please choose somebody else.")


class PhoneInvalid(InvalidInput):
    """``data``: field, value."""

    code = "customer.phone_invalid"
    message = _("This is not a phone number we can use.")


class EmailInvalid(InvalidInput):
    """``data``: field, value."""

    code = "customer.email_invalid"
    message = _("This is not an e-mail address we can use.")


class MaskedSent(InvalidInput):
    """``data``: field."""

    code = "customer.masked_sent"
    message = _("You see a number or an address in this masked, so you cannot change it. Leave the field out.")


class TooMany(InvalidInput):
    """``data``: field, limit."""

    code = "customer.too_many"
    message = _("That is more than one customer can have.")


class VersionConflict(Conflict):
    """``data``: version, the one stored now."""

    code = "customer.version_conflict"
    message = _("Somebody changed this customer in the meantime. Reload and enter your changes again.")


class ExternalIdTaken(Conflict):
    """``data``: field, source, value where known."""

    code = "customer.external_id_taken"
    message = _("Another customer already has this number in that system.")


class CustomerIsErased(Conflict):
    code = "customer.erased"
    message = _("This customer's data was erased. If they come back, add them as a new customer.")


class ConsentTimeInvalid(InvalidInput):
    code = "consent.time_invalid"
    message = _("Nobody can have agreed in the future.")


class ImportNotFound(NotFound):
    code = "import.not_found"
    message = _("This import does not exist.")


class FileRefused(InvalidInput):
    """``code`` is import.<reason>; the message says what to do about it, ``data`` what it names."""

    code = "import.unreadable"
    message = _("This file cannot be read.")


class MappingInvalid(InvalidInput):
    """``data``: column, field."""

    code = "import.mapping_invalid"
    message = _("Each column can hold one thing, and each thing can come from one column.")


class ImportStateInvalid(Conflict):
    """``data``: state."""

    code = "import.invalid_state"
    message = _("This cannot be done with the import as it stands now. Reload the page and look at its state.")


class NothingToImport(Conflict):
    code = "import.nothing_to_import"
    message = _("No row of this file can be taken. Correct the rows or the columns first.")


class AttachmentNotFound(NotFound):
    code = "file.not_found"
    message = _("This file does not exist.")


class FileNotTaken(InvalidInput):
    """``code`` is file.<problem>; the message says what can be done about it. ``data``: field."""

    code = "file.not_allowed"
    message = _(
        "Files of this kind cannot be kept here. Possible are pictures, PDF, Word, Excel, PowerPoint, text, sound and "
        "MP4 video."
    )
    _BECAUSE = {
        "empty": _("This file is empty."),
        "too_large": _("A file may have at most %(limit)s MB. Make it smaller, or send a part of it."),
        "disguised": _("This file pretends to be something else and cannot be kept. Save or photograph it anew."),
        "macros": _("This file holds macros. Save it without them and try again."),
        "damaged": _("This file is damaged. Save it anew and try again."),
    }

    @classmethod
    def because(cls, problem: str, **data: Any) -> Self:
        """The refusal for one of ``logic.files``' problems."""
        message = cls._BECAUSE.get(problem, cls.message)
        return cls(str(message) % data if problem == "too_large" else message, code=f"file.{problem}", field="file")


class TooManyFiles(InvalidInput):
    """``data``: limit."""

    code = "file.too_many"
    message = _("There are as many files here as there can be. Remove one that is not needed any more.")


class PurchaseNotFound(NotFound):
    code = "purchase.not_found"
    message = _("This purchase does not exist.")


class PurchaseCustomerUnknown(InvalidInput):
    """``data``: field."""

    code = "purchase.customer_unknown"
    message = _("No customer, or more than one, has this number, phone or e-mail address. Name the customer by id.")


class AmountInvalid(InvalidInput):
    """``data``: field."""

    code = "purchase.amount_invalid"
    message = _("Enter an amount from 0 up, without more than two decimals.")


class MomentInvalid(InvalidInput):
    """``data``: field."""

    code = "purchase.time_invalid"
    message = _("This lies in the future, or before 1900.")


class CoverInvalid(InvalidInput):
    """``data``: field."""

    code = "purchase.cover_invalid"
    message = _("A plan cannot end before the day it was bought. Check both days.")


class CurrencyInvalid(InvalidInput):
    """``data``: field."""

    code = "purchase.currency_invalid"
    message = _("Enter a currency as three letters, such as VND.")


class ImportKindUnknown(InvalidInput):
    """``data``: kind."""

    code = "import.kind_unknown"
    message = _("Files of this kind cannot be imported.")


class ImportRowNotFound(NotFound):
    code = "import.row_not_found"
    message = _("This row does not exist in the file.")


class ImportTooOldToUndo(Conflict):
    """``data``: days."""

    code = "import.too_old_to_undo"
    message = _("An import can be undone for 30 days.")


class CustomKeyFixed(InvalidInput):
    """``data``: field."""

    code = "custom_field.key_fixed"
    message = _("Programs know this field by its key, so the key stays.")


class CustomFieldHasValues(Conflict):
    """``data``: field."""

    code = "custom_field.has_values"
    message = _("Customers have values in this field, so it stays as it is. Switch it off and add a new one.")


class CustomFieldInvalid(InvalidInput):
    """``data``: field."""

    code = "custom_field.choices_invalid"
    message = _("Please enter at least one choice, each once: Vietnamese | English.")


class CustomValueInvalid(InvalidInput):
    """``data``: field ("custom"), key of the firm's own field, problem."""

    code = "customer.custom_invalid"
    message = _("%(label)s: this is not a value of this field.")
    _BECAUSE = {
        "unknown_field": _("There is no field “%(label)s” in use."),
        "required": _("%(label)s must be filled in."),
        "too_long": _("%(label)s: this text is too long."),
        "text_invalid": _("%(label)s: this text holds characters that cannot be stored."),
        "not_a_number": _("%(label)s: please enter a number."),
        "not_money": _("%(label)s: please enter an amount, for example 350k or 1.250.000."),
        "not_a_date": _("%(label)s: please enter a day as day/month/year."),
        "not_yes_no": _("%(label)s: please enter yes or no."),
        "unknown_choice": _("%(label)s: please choose one of the values offered."),
    }

    @classmethod
    def because(cls, problem: str, *, key: str, label: str) -> Self:
        message = cls._BECAUSE.get(problem, cls.message)
        return cls(str(message) % {"label": label}, field="custom", key=key, problem=problem)


class MergeInvalid(InvalidInput):
    """``code`` is merge.<reason>."""

    code = "merge.invalid"
    message = _("Choose two different customers of the same kind.")


class AlreadyMerged(Conflict):
    """``data``: customer, the one to go on with."""

    code = "merge.already_merged"
    message = _("One of the two has been merged in the meantime. Open the customer again.")


class MergeNotFound(NotFound):
    code = "merge.not_found"
    message = _("This merge does not exist.")


class MergeNotUndoable(Conflict):
    code = "merge.not_undoable"
    message = _("This merge was undone already, or one of the two was merged again since: undo the later merge first.")


class MergeOfErased(Conflict):
    code = "merge.erased"
    message = _("A customer of this merge was erased. Who they were is not known any more, so it cannot be undone.")


class CustomerMerged(Gone):
    """``data``: customer, the id of the one this record became part of."""

    code = "customer.merged"
    message = _("This customer was merged into another.")


class EntryNotFound(NotFound):
    code = "quote.entry_not_found"
    message = _("This timeline entry does not exist, or you may not read it.")


class QuoteNotSaid(InvalidInput):
    """``data``: field."""

    code = "quote.not_said"
    message = _("A quote is what the customer said, word for word. Copy it from the entry.")


class FactNotFound(NotFound):
    code = "fact.not_found"
    message = _("This is not among what is known of the customer.")


class FactTextMissing(InvalidInput):
    """``data``: field."""

    code = "fact.text_missing"
    message = _("Please write in one sentence what the customer told or showed.")


class FactReasonMissing(InvalidInput):
    """``data``: field."""

    code = "fact.reason_missing"
    message = _("Please choose the reason, so that reasons can be counted.")


class FactNotObservable(InvalidInput):
    """``data``: field."""

    code = "fact.not_observable"
    message = _("Only the customer can say this. Choose “the customer said so”, or keep it as a guess.")


class FactIsWithdrawn(Conflict):
    code = "fact.withdrawn"
    message = _("This does not hold any more. If the customer said it again, note it anew.")


class WishMissing(InvalidInput):
    """``data``: field."""

    code = "customer.wish_missing"
    message = _("Please write what you wish, in a few words.")


class DataRequestNotFound(NotFound):
    code = "data_request.not_found"
    message = _("This request does not exist.")


class DataRequestSettled(Conflict):
    code = "data_request.settled"
    message = _("This request is settled already. If the customer asks again, it is a new one.")


class DataReplyMissing(InvalidInput):
    """``data``: field."""

    code = "data_request.reply_missing"
    message = _("Please write what the customer should read about it.")


class DataWordsMissing(InvalidInput):
    """``data``: field."""

    code = "data_request.words_missing"
    message = _("Please say what is wrong and how it should be.")


class BeliefInvalid(InvalidInput):
    """``data``: field."""

    code = "understanding.belief_invalid"
    message = _("Please enter a share between 0 and 100 per cent.")
