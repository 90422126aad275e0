"""The columns of what leaves the directory."""

from outreach.core import latin, masking
from outreach.core.i18n import _
from outreach.core.sheets import Column
from outreach.directory.card_models import PRINTED
from outreach.directory.forms import TIER_NAMES
from outreach.directory.models import INDUSTRIES


def people(full: bool) -> list[Column]:
    """The list of people; masked unless ``full``."""
    name = (lambda value: value) if full else masking.name
    phone = (lambda value: value) if full else masking.phone
    return [
        Column(_("Name"), lambda row: name(row.name), 12),
        Column(_("Gender"), lambda row: row.gender, 6),
        Column(_("Tier"), lambda row: str(TIER_NAMES[row.tier]), 12),
        Column(_("Home place"), lambda row: row.comes_from, 14),
        Column(_("Lives in"), lambda row: latin.place(row.city or row.province), 12),
        Column(_("Company"), lambda row: row.company.organisation.name if row.company else "", 30),
        Column(_("Post"), lambda row: row.company.title if row.company else "", 12),
        Column(_("Industry"), lambda row: INDUSTRIES.get(row.industry, ""), 16),
        Column(_("Mobile"), lambda row: "、".join(phone(item.number) for item in row.phones), 24),
        Column(_("Kept by"), lambda row: row.unit.shown, 14),
    ]


def allowed(person, field: str, value: str) -> str:
    """A value, if the person agreed to see it printed."""
    return value if field in person.consents.get(PRINTED, ()) else ""


def printed() -> list[Column]:
    """The printed directory as a sheet: only fields with consent for print."""
    return [
        Column(_("Name"), lambda row: row.name, 12),
        Column(_("Home place"), lambda row: allowed(row, "home", row.comes_from), 14),
        Column(_("City"), lambda row: allowed(row, "city", latin.place(row.city or row.province)), 12),
        Column(
            _("Company"),
            lambda row: allowed(row, "company", row.company.organisation.name if row.company else ""),
            32,
        ),
        Column(_("Post"), lambda row: allowed(row, "company", row.company.title if row.company else ""), 14),
        Column(_("Mobile"), lambda row: allowed(row, "mobile", row.mobile), 15),
        Column(_("WeChat"), lambda row: allowed(row, "wechat", row.wechat), 16),
        Column(_("Mail address"), lambda row: allowed(row, "email", row.email), 26),
    ]
