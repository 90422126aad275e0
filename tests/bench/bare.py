"""The floor: a bare Flask route that commits one row to the same database, under the same server."""

from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Mapped, mapped_column

from outreach.core import settings
from outreach.core.db import Base, Key, db, writing


class Bare(Base):
    """One row a request."""

    __tablename__ = "bench_bare"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    text: Mapped[str]


app = Flask("bare")
app.config.update(settings.read())
db.init_app(app)


@app.post("/")
def commit():
    writing.set(True)
    db.session.execute(insert(Bare).values(text="x" * 40))
    db.session.commit()
    return "ok"
