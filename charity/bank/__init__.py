"""The bank: what it says came and went, file by file and line by line 银行对账单.

`formats` reads the files of banks and payment platforms, in a child process and without the database; `statements`
keeps their lines. Matching lines with the books, and the day's close, come to stand here. Always true: bringing a
statement in posts nothing to the books; a file is taken in whole or not at all, and a row that cannot be read blocks
it.
"""
