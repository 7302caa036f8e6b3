"""What documents contribute to the app."""

from charity.documents import api, desk, jobs, routes
from charity.room import Room

ROOM = Room(
    name="documents",
    models=["charity.documents.models"],
    routes=routes.routes,
    endpoints=api.endpoints,
    tasks=desk.tasks,
    jobs=jobs.jobs,
    timetable=jobs.timetable,
)
