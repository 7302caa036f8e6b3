"""`python -m charity …`: the command line."""

from charity.cli import main

if __name__ == "__main__":
    main()
