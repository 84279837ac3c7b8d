"""What an administrator installs, runs, saves and mends."""
