"""Invitations by mail: who is invited, what is sent to whom, what comes back. Planning knows none of it."""
