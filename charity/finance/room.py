"""What finance hands to the house."""

from charity.finance.journal import api
from charity.room import Room

ROOM = Room(name="finance", endpoints=api.endpoints)
