"""Who is asking: the principal the gateway signs for each request, and the permission a route asks of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from shared.context import Scope
from shared.db import Caller
from shared.errors import Forbidden, Unauthenticated
from shared.permissions import Permission

HEADER = "aftercare-principal"
LIFETIME_SECONDS = 60
ISSUER = "aftercare-gateway"
REMEMBERED = 2048


@dataclass(frozen=True)
class Principal:
    """A person, a client system's key, or nobody. `customer_id` is set for people and keys of a customer."""

    kind: Literal["person", "key", "anonymous"]
    id: UUID | None
    name: str
    roles: tuple[str, ...]
    permissions: frozenset[str]
    customer_id: UUID | None
    origin: str | None

    @property
    def actor(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else "anonymous"

    @property
    def scope(self) -> Scope:
        return "staff" if self.kind == "person" and self.customer_id is None else "customer"

    @property
    def sees_internal(self) -> bool:
        """Whether the provider's internal notes, files and facts are shown to this caller."""
        return self.scope == "staff" and Permission.INCIDENTS_INTERNAL.value in self.permissions

    def require(self, permission: Permission) -> None:
        if permission.value in self.permissions:
            return
        if self.kind == "anonymous":
            raise Unauthenticated()
        raise Forbidden(permission=permission.value)

    def meet(self, need: Need) -> None:
        """Raises Unauthenticated or Forbidden when this caller does not have what the route asks for."""
        if need.permission:
            self.require(need.permission)
        elif not need.public and self.kind == "anonymous":
            raise Unauthenticated()

    def caller(self, need: Need) -> Caller:
        """For whom the route's transaction runs. A public page finds its record by a secret, so it may look at all."""
        return Caller(
            actor=self.actor,
            scope="system" if need.public else self.scope,
            customer_id=self.customer_id,
            person_id=self.id if self.kind == "person" else None,
            roles=self.roles,
            sees_internal=self.sees_internal,
            origin=self.origin,
        )


class Signer:
    """The gateway's side: turns a principal into a signed statement that is good for LIFETIME_SECONDS."""

    def __init__(self, private_pem: str) -> None:
        self._key = load_pem_private_key(private_pem.encode(), password=None)

    def sign(self, principal: Principal, now: float) -> str:
        """`now` in Unix seconds."""
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "iat": int(now),
            "exp": int(now) + LIFETIME_SECONDS,
            "kind": principal.kind,
            "id": str(principal.id) if principal.id else None,
            "name": principal.name,
            "roles": principal.roles,
            "permissions": sorted(principal.permissions),
            "customer": str(principal.customer_id) if principal.customer_id else None,
            "origin": principal.origin,
        }
        return jwt.encode(claims, self._key, algorithm="EdDSA")  # type: ignore[arg-type]  # an Ed25519 key by construction


class Verifier:
    """A service's side. Remembers statements it has checked, since a caller's next request brings the same one."""

    def __init__(self, public_pem: str) -> None:
        self._key = load_pem_public_key(public_pem.encode())
        self._seen: OrderedDict[str, tuple[Principal, int]] = OrderedDict()

    def verify(self, token: str | None, now: float) -> Principal:
        """The principal of a statement. Raises Unauthenticated when there is none, or it is forged or expired."""
        if not token:
            raise Unauthenticated()
        seen = self._seen.get(token)
        if seen is None:
            seen = self._check(token)
            self._seen[token] = seen
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
        principal, expires = seen
        if now >= expires:
            raise Unauthenticated()
        return principal

    def _check(self, token: str) -> tuple[Principal, int]:
        try:
            claims = jwt.decode(
                token,
                self._key,  # type: ignore[arg-type]  # an Ed25519 key by construction
                algorithms=["EdDSA"],
                issuer=ISSUER,
                options={"require": ["exp", "iat"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.PyJWTError as problem:
            raise Unauthenticated() from problem
        principal = Principal(
            kind=claims["kind"],
            id=UUID(claims["id"]) if claims["id"] else None,
            name=claims["name"],
            roles=tuple(claims["roles"]),
            permissions=frozenset(claims["permissions"]),
            customer_id=UUID(claims["customer"]) if claims["customer"] else None,
            origin=claims["origin"],
        )
        return principal, int(claims["exp"])


def new_key_pair() -> tuple[str, str]:
    """A new Ed25519 key pair as (private PEM, public PEM)."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return private, public


@dataclass(frozen=True)
class Need:
    """What a route asks of its caller: a permission; or just to be signed in; or nothing, on a public page."""

    permission: Permission | None = None
    public: bool = False


def needs(permission: Permission) -> Callable[[Any], Any]:
    """Mark a route with the permission it needs."""
    return _marked(Need(permission))


def signed_in() -> Callable[[Any], Any]:
    """Mark a route as open to everybody who is signed in: it concerns nobody but the caller."""
    return _marked(Need())


def public() -> Callable[[Any], Any]:
    """Mark a route as open to everybody, also without sign-in."""
    return _marked(Need(public=True))


def _marked(need: Need) -> Callable[[Any], Any]:
    def mark(endpoint: Any) -> Any:
        endpoint.aftercare_need = need
        return endpoint

    return mark


def need_of(endpoint: Any) -> Need | None:
    found: Need | None = getattr(endpoint, "aftercare_need", None)
    return found
