"""Pages about institutions and groups: profile, due dates, report and comparison."""
