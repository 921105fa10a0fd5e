"""The real `tpm-bot run`, as a process of its own, against the fake Discord."""
