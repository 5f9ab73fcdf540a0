from __future__ import annotations

import pytest

from gi_registry.accounts.rules import TRIES_PER_CLIENT, TRIES_PER_LOGIN, Attempts, check_password, may_try
from gi_registry.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("of_login", "of_client", "allowed"),
    [
        (0, 0, True),
        (TRIES_PER_LOGIN - 1, TRIES_PER_CLIENT - 1, True),
        (TRIES_PER_LOGIN, 0, False),
        (0, TRIES_PER_CLIENT, False),
    ],
)
def test_guessing_is_slowed_per_login_and_per_client(of_login: int, of_client: int, allowed: bool) -> None:
    assert bool(may_try(Attempts(of_login=of_login, of_client=of_client))) is allowed


def test_a_password_is_long_and_not_the_login() -> None:
    check_password("a long enough sentence", login="wang")
    with pytest.raises(Invalid, match="过短"):
        check_password("short", login="wang")
    with pytest.raises(Invalid, match="登录名"):
        check_password("Wang likes tea much", login="wang")
