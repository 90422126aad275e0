"""Summits and other events: programme, place, invitations, publishing."""
