"""What knows no domain: settings, database, access, web, forms, mail, audit, files, sheets, clock, worker."""
