"""``python -m relatome``, as launchers of several processes start it."""

from relatome.cli import main

if __name__ == "__main__":
    main()
