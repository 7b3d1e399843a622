"""From files in the inbox to typed, pseudonymised rows: land, decode, map, stage."""
