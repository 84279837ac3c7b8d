"""One module per published table, each holding ``TABLE``."""
