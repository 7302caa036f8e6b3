"""What people contribute to the app."""

from charity.people import demo
from charity.room import Room

ROOM = Room(name="people", models=["charity.people.models"], chapter=demo.chapter)
