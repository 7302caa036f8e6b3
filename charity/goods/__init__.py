"""The charity love supermarket: goods in, goods out, and the points households choose with.

Words: an *item* is what a barcode names; a *lot* is pieces of one item with one fund, one source, one
expiry and one integer cost per piece (0 when unvalued), for ever; a *store* is where lots are; a *card*
points to a household, which owns the *points*, a unit per scheme and cycle; a *slip* (`goods_document`)
records one intake (RK), issue (FF) or reversal (CX). What must always be true: stock and points are only
in the books (holdings, minimum 0); card check, stock, points and books change in one entry; the lines of
a store's slips sum to what it has on hand; no name ever enters a body.
"""
