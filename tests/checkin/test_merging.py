"""The merged state is the same whatever the order, the repetition or the portions in which scans arrive."""

import random

from hypothesis import given
from hypothesis import strategies as st

from outreach.checkin.merging import Fact, merge

_KEYS = [f"k{number}" for number in range(12)]


@st.composite
def _facts(draw):
    """Scans of a few guests at a few gates; takings back may name anything, also what never was."""
    facts = []
    for key in draw(st.lists(st.sampled_from(_KEYS), unique=True, max_size=12)):
        kind = draw(st.sampled_from(["admitted", "admitted", "admitted", "left", "undone", "already"]))
        facts.append(
            Fact(
                key,
                draw(st.sampled_from("ABC")),
                draw(st.sampled_from(["arrival", "meal"])),
                kind,
                draw(st.integers(0, 6)),
                draw(st.sampled_from(_KEYS)) if kind == "undone" else "",
            )
        )
    return facts


def _plain(merged):
    return merged.entries, merged.inside, merged.doubles


@given(_facts(), st.randoms(use_true_random=False))
def test_order_does_not_matter(facts, chance: random.Random):
    shuffled = list(facts)
    chance.shuffle(shuffled)
    assert _plain(merge(shuffled)) == _plain(merge(facts))


@given(_facts(), st.randoms(use_true_random=False))
def test_repetition_does_not_matter(facts, chance: random.Random):
    again = [*facts, *(fact for fact in facts if chance.random() < 0.5)]
    chance.shuffle(again)
    assert _plain(merge(again)) == _plain(merge(facts))


@given(_facts(), st.integers(1, 5))
def test_portions_do_not_matter(facts, size):
    """What gates hear of each other bit by bit ends in what one who hears all at once knows."""
    known: dict[str, Fact] = {}
    for start in range(0, len(facts), size):
        known |= {fact.key: fact for fact in facts[start : start + size]}
        merge(known.values())
    assert _plain(merge(known.values())) == _plain(merge(facts))


@given(_facts())
def test_every_admission_that_stands_is_an_entry_or_a_double(facts):
    merged = merge(facts)
    undone = {fact.undoes for fact in facts if fact.kind == "undone"}
    standing = [fact.key for fact in facts if fact.kind == "admitted" and fact.key not in undone]
    seconds = [second for _first, second in merged.doubles]
    assert len(seconds) == len(set(seconds))
    assert set(seconds) <= set(standing)
    assert len(merged.inside) <= len(merged.entries) <= len(standing) - len(seconds)
    assert set(merged.entries.values()) <= set(standing)
