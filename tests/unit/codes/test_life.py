"""The life of an allotment, every state against every action, and the sealing of keys."""

from __future__ import annotations

import pytest

from gi_registry.codes.rules.life import ALLOTMENT_LIFE, Action, State
from gi_registry.codes.rules.sealing import seal, unseal
from gi_registry.kernel.errors import IllegalTransition, Unavailable

LEGAL = {
    ("allotted", "print"): "printed",
    ("printed", "receive"): "received",
    ("received", "close"): "closed",
    ("allotted", "void"): "void",
    ("printed", "void"): "void",
    ("received", "void"): "void",
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("action", list(Action))
def test_every_step(state: State, action: Action) -> None:
    target = LEGAL.get((state.value, action.value))
    if target is None:
        with pytest.raises(IllegalTransition):
            ALLOTMENT_LIFE.after(state, action)
    else:
        assert ALLOTMENT_LIFE.after(state, action) == target


def test_a_sealed_key_opens_under_the_same_secret_and_name_only() -> None:
    sealed = seal(b"k" * 32, secret_key="installation", label="code-0")
    assert unseal(sealed, secret_key="installation", label="code-0") == b"k" * 32
    for secret_key, label in (("other", "code-0"), ("installation", "code-1")):
        with pytest.raises(Unavailable):
            unseal(sealed, secret_key=secret_key, label=label)


def test_without_an_installation_secret_nothing_is_sealed() -> None:
    with pytest.raises(Unavailable, match="没有设置密钥"):
        seal(b"k" * 32, secret_key="", label="code-0")
