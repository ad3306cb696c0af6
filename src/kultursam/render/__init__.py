"""Renderers: a finished plan in, text or bytes out. None of them plans, reads files or knows the clock."""
