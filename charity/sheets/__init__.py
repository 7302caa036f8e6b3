"""Sheets: rows out as CSV and XLSX, rows in from CSV.

A sheet is data for other programs: money as plain numbers, dates as text, one head row.
Always true: no text of ours becomes a formula or a link in somebody's spreadsheet; input that
cannot be read stops with its row and column, and is never guessed, zeroed or skipped.
"""
