"""The page of an organiser's own unit 我的单位: where it pays, its reference, its poster and its rosters."""
