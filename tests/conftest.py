"""What every test starts from."""

from hypothesis import settings

# A property is not a timing: a busy machine must not fail a test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
