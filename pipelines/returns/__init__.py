"""What goes back to the offices that sent exports, and what comes back repaired."""
