"""One-day giving 慈善一日捐 of work units: so far the poster that a unit hangs up. Outsiders import only this.

Always true: nothing here names a target, a share, or who has not given (Charity Law 32, field.md 2.4).
"""
