"""Background work: the worker, its queue and its timetable. It knows no room.

The database is the queue (decision 7): a job row commits with the business that asked for it. A
**handler** does one job; an entry of the **timetable** runs again and again; both come from the rooms. Always
true: a job whose worker died (kill -9) runs again after its lease, at most three times, so every handler may
be repeated; heavy work sits in a child process that can be killed and has a time limit; a job's body holds
ids only.
"""
