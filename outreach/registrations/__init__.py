"""Registrations: a place or the waiting list, the ticket, the letter."""
