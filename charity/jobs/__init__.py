"""Background work: the worker, its handlers and its timetable.

The database is the queue (house decision 7): a job row commits with the business that asked for it. A
**handler** does one job; a **task** of the timetable runs again and again. Always true: a job whose
worker died (kill -9) runs again after its lease, at most three times, so every handler may be
repeated; heavy work sits in a child process that can be killed and has a time limit; a job's body holds
ids only. `handlers.HANDLERS` and `timetable.TIMETABLE` are the two lists to look at.
"""
