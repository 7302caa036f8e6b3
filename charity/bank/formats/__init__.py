"""Files of banks and payment platforms, from bytes to rows: no database, no pages, so that a child can read them.

`grids` opens a file as sheets of cells, `layouts` is the table of what banks call their columns, `rows` reads a sheet
by its layout, `child` does this in a process of its own, `reading` asks it. This is no door: who reads a file asks
`reading`.
"""
