"""The sandbox, from the outside: nothing that a visitor sends reaches beyond the release."""
