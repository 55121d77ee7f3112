"""What two operators have to sign, by kind; `renewals.services.proposing` does the signing."""
