"""The policymaker's lab: one page, in a notebook and in the app."""
