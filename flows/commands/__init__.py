"""The commands of `zhaoren`, by what they are for; `flows/cli.py` puts them together and turns errors into exit codes."""
