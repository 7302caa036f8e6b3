"""The pages and calls of work units 单位: one of them with what came of it and its rosters, which lie below."""
