"""What inventory says: parts as reference data, and what becomes of a part that an incident needs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from shared.events._base import Event, Snapshot


class PartChanged(Snapshot, type="inventory.part_changed.v1", subject="part_id"):
    """A part of the catalogue."""

    part_id: UUID
    part_number: str
    name_zh: str
    name_en: str
    models: tuple[str, ...]


class PartReserved(
    Event,
    type="inventory.part_reserved.v1",
    subject="reservation_id",
    en="Reserved at {depot_name_en}: {quantity} × {part_number}",
    zh="{depot_name_zh} 已预留：{part_number} × {quantity}",
):
    """Stock is held for an incident until `expires_at`. `promised_at` is what the customer is told."""

    reservation_id: UUID
    call_up_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    part_number: str
    part_name_zh: str
    part_name_en: str
    quantity: int
    depot_id: UUID
    depot_name_zh: str
    depot_name_en: str
    keeper_id: UUID
    promised_at: datetime
    expires_at: datetime


class ReservationRefused(
    Event,
    type="inventory.reservation_refused.v1",
    subject="call_up_id",
    en="No reservation of {quantity} × {part_number}: {reason}",
    zh="无法预留 {part_number} × {quantity}：{reason}",
):
    """A part that was called up cannot be reserved; `reason` is out_of_stock or unknown_part."""

    call_up_id: UUID
    incident_id: UUID
    customer_id: UUID
    number: str
    part_number: str
    quantity: int
    reason: str


class ReservationExpired(
    Event,
    type="inventory.reservation_expired.v1",
    subject="reservation_id",
    en="Reservation of {part_number} expired",
    zh="{part_number} 的预留已过期",
):
    """Nobody fetched the part in time; it is free again."""

    reservation_id: UUID
    incident_id: UUID
    customer_id: UUID
    part_number: str
    quantity: int


class ReservationReleased(
    Event,
    type="inventory.reservation_released.v1",
    subject="reservation_id",
    en="Reservation of {part_number} released: not needed after all",
    zh="{part_number} 的预留已释放：不再需要",
):
    """A part held for an incident is not needed after all; it is free again."""

    reservation_id: UUID
    incident_id: UUID
    customer_id: UUID
    part_number: str
    quantity: int
    released_by: UUID
    released_at: datetime


class PartIssued(
    Event,
    type="inventory.part_issued.v1",
    subject="reservation_id",
    en="Issued by the keeper of {depot_name_en}: {quantity} × {part_number}",
    zh="{depot_name_zh} 专人已出库：{part_number} × {quantity}",
):
    """The keeper handed the part out."""

    reservation_id: UUID
    incident_id: UUID
    customer_id: UUID
    part_number: str
    quantity: int
    depot_name_zh: str
    depot_name_en: str
    issued_by: UUID
    issued_at: datetime


class PartUsed(
    Event,
    type="inventory.part_used.v1",
    subject="reservation_id",
    en="Used: {quantity} × {part_number}",
    zh="已使用：{part_number} × {quantity}",
):
    """The part was built in."""

    reservation_id: UUID
    incident_id: UUID
    customer_id: UUID
    part_number: str
    quantity: int
    used_by: UUID
    used_at: datetime
