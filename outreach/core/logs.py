"""What is written down: text in development, JSON lines in production; one line a fault, no personal data."""

import logging
import re
from logging.config import dictConfig

from outreach.core import masking

#: an international or mainland number, and an address, as they may stand in words of others
_NUMBER = re.compile(r"(?<![\w.:-])\+?\d[\d -]{9,16}\d(?![\w.:-])")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")


class WithoutPeople(logging.Filter):
    """Masks telephone numbers and mail addresses in what is written down."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_people(record.getMessage()), ()
        return True


def without_people(words: str) -> str:
    """``words`` with numbers and mail addresses masked."""
    return _ADDRESS.sub("***@***", _NUMBER.sub(lambda found: masking.phone(found[0]), words))


def configure(*, production: bool) -> None:
    """Set logging up for this process; called once, when the application is made."""
    json_lines = {
        "()": "pythonjsonlogger.json.JsonFormatter",
        "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        "json_ensure_ascii": False,
    }
    text = {"format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s"}
    dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"people": {"()": WithoutPeople}},
            "formatters": {"lines": json_lines if production else text},
            "handlers": {
                "standard": {
                    "class": "logging.StreamHandler",
                    "formatter": "lines",
                    "filters": ["people"],
                }
            },
            "loggers": {"yangui": {"level": "INFO"}},
            "root": {"level": "WARNING", "handlers": ["standard"]},
        }
    )
