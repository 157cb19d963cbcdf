"""``python -m labsim``: the command line."""

import sys


def main() -> int:
    """Run one command and return its exit code, also when Ctrl-C comes while the command line is being loaded."""
    try:
        # Loading takes seconds, and before it is done nobody else is there to answer Ctrl-C.
        from labsim.presentation.cli import main as command

        return command()
    except KeyboardInterrupt:
        # In both languages, because nothing that knows the reader's may be loaded yet.
        sys.stderr.buffer.write("已中断。 / Interrupted.\n".encode())
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
