"""What finance contributes to the app."""

from charity.finance.journal import api
from charity.room import Room

ROOM = Room(name="finance", endpoints=api.endpoints)
