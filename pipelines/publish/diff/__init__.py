"""What changed from one release to another, and what a release may change."""
