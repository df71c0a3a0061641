"""What an auditor asks of a home: verify, trace, reproduce, erase, adopt, sign."""
