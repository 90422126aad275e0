"""From a signature to money in the account: agreements, projects, milestones, instalments, next steps."""
