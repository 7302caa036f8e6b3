"""The desk: the first page after sign-in, and the search box that jumps. It knows no room.

It says what waits for the reader as sentences with counts and dates, each with the page where it is
done; nothing else. The sentences and the known numbers come from the rooms' `desk.py`. What must always be
true: a sentence is shown only to whoever may do it, counts only what this account itself may do, and names
no person.
"""
