"""Whether the database can be written."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.core.db import Base
from outreach.ops import request_models  # noqa: F401 - its table joins the schema


class Liveness(Base):
    """One row, written by health checks: only a write that is committed shows that disk and database take
    one.
    """

    __tablename__ = "liveness"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    written_at: Mapped[datetime]
