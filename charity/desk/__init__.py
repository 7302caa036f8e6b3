"""The desk: the first page after sign-in, and the search box that jumps.

It says what waits for the reader as sentences with counts and dates, each with the page where it is
done; nothing else. It reads the rooms below and writes nothing. What must always be true: a sentence
is shown only to who may do the act, counts only what this account itself may do, and names no person.
"""
