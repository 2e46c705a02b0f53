"""How often somebody may guess a password."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from shared.errors import TooMany, Unauthenticated

MOST_TRIES = 10
TRIES_WINDOW = timedelta(minutes=15)


class SignInRefused(Unauthenticated):
    """One answer to a wrong password, an unknown address and a disabled person: it tells nobody who is here."""

    code = "sign_in_refused"
    en = "E-mail address or password is not right."
    zh = "邮箱地址或密码不正确。"


class TooManySignIns(TooMany):
    code = "too_many_sign_ins"
    en = "Too many tries to sign in with this address; try again in {retry_after} s."
    zh = "该邮箱登录尝试次数过多，请在 {retry_after} 秒后重试。"


def require_tries_left(tries: int, first_at: datetime, now: datetime) -> None:
    """`tries` counts this one, `first_at` is the first of the window. Raises TooManySignIns."""
    if tries > MOST_TRIES:
        left = (first_at + TRIES_WINDOW - now).total_seconds()
        raise TooManySignIns(retry_after=max(1, math.ceil(left)))
