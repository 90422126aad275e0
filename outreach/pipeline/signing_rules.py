"""What a signed paper must be, whether it is entered or corrected.

Each check raises :class:`Refused` beside its field.
"""

from datetime import date
from decimal import Decimal

from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.pipeline.agreement_models import (
    AGREEING,
    BINDING,
    CONTRACT,
    FIRST,
    INCREASE,
    LABOUR,
    SUPPLEMENT,
    Agreement,
)


def check_amounts(
    kind: str,
    counts_as: str,
    intended_wan: Decimal | None,
    agreed_wan: Decimal | None,
    contracted_wan: Decimal | None,
) -> None:
    """Which amount each kind of paper may and must name."""
    if contracted_wan is not None and kind not in BINDING:
        raise Refused(
            _("Only a contract has a contracted amount. What a letter or framework names is an intention."),
            at="contracted_wan",
        )
    if agreed_wan is not None and kind not in AGREEING:
        raise Refused(_("Only a framework or strategic agreement has an agreed amount."), at="agreed_wan")
    if kind == CONTRACT and contracted_wan is None:
        raise Refused(_("A contract needs its contracted amount."), at="contracted_wan")
    if (
        kind != LABOUR
        and counts_as in (FIRST, INCREASE)
        and intended_wan is agreed_wan is contracted_wan is None
    ):
        raise Refused(_("Say which amount the paper names."), at="intended_wan")


def check_identity(kind: str, counts_as: str, first: Agreement | None, signed_on: date) -> None:
    """A project is signed for the first time once; everything after it belongs to that signing."""
    if counts_as == FIRST and first is not None:
        raise Refused(
            _(
                "A first signing belongs to no earlier one. Say what this one is: an upgrade, "
                "an increase, or ceremonial."
            ),
            at="counts_as",
        )
    if kind == SUPPLEMENT and counts_as == FIRST:
        raise Refused(
            _("A supplement belongs to a contract that was signed before: say to which."), at="first_id"
        )
    if counts_as != FIRST and first is None:
        raise Refused(_("Say to which first signing this one belongs."), at="first_id")
    if first is not None and first.voided_at is not None:
        raise Refused(_("The signing you chose is void."), at="first_id")
    if first is not None and first.counts_as != FIRST:
        raise Refused(_("The signing you chose is itself a later one. Choose the first."), at="first_id")
    if first is not None and signed_on < first.signed_on:
        raise Refused(_("This day lies before the first signing."), at="signed_on")
