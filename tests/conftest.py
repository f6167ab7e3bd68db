"""What holds for every test: no example fails for being slow, since a busy machine says nothing of the program."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
