"""What every error keeps: one line, a code, a place, and a length a person can read."""

from __future__ import annotations

import pickle

import pytest

from relatome import errors
from relatome.errors import PUBTATOR_LINE, InputError, Message, Place

MESSAGES = [value for value in vars(errors).values() if isinstance(value, Message)]


def test_codes_are_unique() -> None:
    codes = [message.code for message in MESSAGES]
    assert [code for code in codes if codes.count(code) > 1] == []


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.code)
def test_messages_are_one_line_and_say_what_to_do(message: Message) -> None:
    assert "\n" not in message.what + message.next_step
    assert message.next_step


def test_values_of_megabytes_are_cut() -> None:
    error = InputError(
        PUBTATOR_LINE,
        at=Place("file", line=3, document="9" * 1_000_000),
        reason=ValueError("x" * 1_000_000),
    )
    assert len(str(error)) < 2000
    assert str(error).startswith("[R130] file:3, document 99999")
    assert error.place.document == "9" * 1_000_000
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
