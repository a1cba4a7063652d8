"""Telling people: receivers and routes, messages, delivery. The only part that knows Apprise."""
