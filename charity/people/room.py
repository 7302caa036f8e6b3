"""What people hand to the house."""

from charity.room import Room

ROOM = Room(name="people", models=["charity.people.models"])
