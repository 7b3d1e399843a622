"""How much may come out of a packed file before it is no export but an attack."""

UNPACKED_BYTES = 1 << 30
UNPACKED_RATIO = 200  # tables pack 5 to 30 times; a bomb thousands
RATIO_FROM_BYTES = 64 << 20


def exceeds(unpacked: int, packed: int) -> bool:
    """Whether so many bytes from so few are no export."""
    is_dense = unpacked > RATIO_FROM_BYTES and unpacked > UNPACKED_RATIO * packed
    return unpacked > UNPACKED_BYTES or is_dense
