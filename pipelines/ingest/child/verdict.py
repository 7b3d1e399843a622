"""How a reader in the child refuses a file."""


class Unreadable(Exception):  # noqa: N818 - a verdict on the file
    """The file cannot be taken, for the reason code given."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(reason)
