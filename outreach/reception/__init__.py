"""Receiving guests: seats, badges, and everything on paper."""
