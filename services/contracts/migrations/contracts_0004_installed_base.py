"""The installed base grows: warranty and servicers, contacts, the catalogue, covers, contact lists, entitlements.

Revision ID: contracts_0004
Revises: contracts_0003
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrate import create_search_terms, drop_search_terms, protect

revision = "contracts_0004"
down_revision = "contracts_0003"
branch_labels = None
depends_on = None

UUIDS = postgresql.ARRAY(sa.Uuid())
TEXTS = postgresql.ARRAY(sa.Text())
EMPTY = sa.text("'{}'")
ADDED: tuple[tuple[str, sa.Column[Any]], ...] = (
    ("sites", sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true())),
    ("departments", sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true())),
    ("key_businesses", sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true())),
    ("assets", sa.Column("warranty_until", sa.Date(), nullable=True)),
    ("assets", sa.Column("servicer_ids", UUIDS, nullable=False, server_default=EMPTY)),
    ("assets", sa.Column("state", sa.String(), nullable=False, server_default="in_service")),
    ("contracts", sa.Column("item_codes", TEXTS, nullable=False, server_default=EMPTY)),
    ("contracts", sa.Column("engineer_ids", UUIDS, nullable=False, server_default=EMPTY)),
    ("contracts", sa.Column("years", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'"))),
)
"""The columns of present tables, with what they hold in present rows."""

CUSTOMER = "contracts.customers.customer_id"
PROVIDER = {"provider_zh": "服务商技术服务中心", "provider_en": "The provider's technical service centre"}
PRESENCE = (("respond", 3600, "seconds"), ("on_site", 7200, "seconds"))


def _targets(*promises: tuple[str, str, int, str]) -> list[dict[str, Any]]:
    return [dict(zip(("severity", "kind", "amount", "unit"), promise, strict=True)) for promise in promises]


STANDARD = _targets(*(("general", *presence) for presence in PRESENCE))
REMOVAL = _targets(
    ("general", "respond", 3600, "seconds"),
    ("general", "on_site", 7200, "seconds"),
    ("general", "resolve", 28800, "seconds"),
    ("major", "respond", 3600, "seconds"),
    ("major", "on_site", 7200, "seconds"),
    ("major", "resolve", 1, "working_days"),
    ("disaster", "respond", 1800, "seconds"),
    ("disaster", "on_site", 7200, "seconds"),
    ("disaster", "resolve", 1, "working_days"),
)
ITEMS: tuple[dict[str, Any], ...] = (
    {
        "code": "configuration_optimisation",
        "name_zh": "配置优化调整服务",
        "name_en": "Configuration optimisation",
        "scope_zh": "对网络、主机、操作系统、存储、备份及应用支撑平台的配置进行检查、优化和调整，变更前后均留存配"
        "置记录。",
        "scope_en": "Review, optimise and adjust the configuration of networks, hosts, operating systems, "
        "storage, backup and application platforms; the configuration is recorded before and after each change.",
        "modes": ["on_site", "remote"],
        "skills": ["network", "server", "operating_system", "storage", "backup", "middleware"],
        "targets": STANDARD,
    },
    {
        "code": "patch_upgrade",
        "name_zh": "补丁及软件升级服务",
        "name_en": "Patch and software upgrade",
        "scope_zh": "评估补丁、固件和软件版本，编制升级与回退方案并协助测试；实施安装与系统加固，交付测试记录和加"
        "固文档。",
        "scope_en": "Assess patches, firmware and software releases, plan the upgrade and the way back, and help "
        "to test it; install, harden, and hand over the test record and the hardening document.",
        "modes": ["on_site"],
        "skills": ["operating_system", "server", "storage", "security"],
        "targets": STANDARD,
    },
    {
        "code": "fault_removal",
        "name_zh": "故障排除服务",
        "name_en": "Fault removal",
        "scope_zh": "紧急故障发生后快速恢复系统运行，查明原因并排除故障；需要时更换备件，重大故障启动应急预案。",
        "scope_en": "Restore service quickly after an urgent fault, find the cause and remove it; replace parts "
        "where needed, and start the contingency plan for a major fault.",
        "modes": ["on_site", "remote"],
        "skills": ["network", "server", "storage"],
        "targets": REMOVAL,
    },
    {
        "code": "problem_escalation",
        "name_zh": "疑难问题升级服务",
        "name_en": "Escalation of difficult problems",
        "scope_zh": "特大疑难故障由现场逐级升级至区域平台和总部，由三地联合分析，形成结论并解决问题。",
        "scope_en": "Escalate very difficult faults from the site to the regional platform and to headquarters; "
        "all three analyse the problem jointly until it is explained and solved.",
        "modes": ["on_site", "remote"],
        "skills": ["network", "server", "storage", "database", "middleware"],
        "targets": _targets(
            ("major", "respond", 3600, "seconds"),
            ("major", "on_site", 7200, "seconds"),
            ("major", "resolve", 1, "working_days"),
        ),
    },
    {
        "code": "health_check",
        "name_zh": "健康检查服务",
        "name_en": "Health check",
        "scope_zh": "制定检查计划、方案和流程，对数据中心的主机、网络、存储、备份、应用支撑环境及业务应用系统进行"
        "检查；分析发现的报警、错误或故障，评估系统状态，提交健康检查报告。",
        "scope_en": "Plan and carry out the check of the data centre's hosts, networks, storage, backup, "
        "application platforms and business applications; analyse the alarms, errors and faults found, assess the "
        "state of the systems, and deliver the health report.",
        "modes": ["on_site"],
        "skills": ["network", "server", "storage", "backup", "application"],
        "targets": STANDARD,
    },
    {
        "code": "performance_optimisation",
        "name_zh": "性能优化服务",
        "name_en": "Performance optimisation",
        "scope_zh": "对主机、存储、操作系统和网络进行性能分析与优化，以优化前后的测量数据说明效果。",
        "scope_en": "Analyse and improve the performance of hosts, storage, operating systems and networks; the "
        "effect is shown by measurements before and after.",
        "modes": ["on_site", "remote"],
        "skills": ["server", "storage", "operating_system", "network"],
        "targets": STANDARD,
    },
    {
        "code": "special_period_guarantee",
        "name_zh": "特殊时间点保障服务",
        "name_en": "Special-period guarantee",
        "scope_zh": "在系统割接、重要会议、公共节假日、搬迁、系统升级等关键时段，工程师驻场值守，提供技术支持和现"
        "场配合。",
        "scope_en": "An engineer is on duty on site through a cut-over, an important conference, a public "
        "holiday, a move or an upgrade, to support and to assist.",
        "modes": ["on_site"],
        "skills": ["network", "server"],
        "targets": STANDARD,
    },
    {
        "code": "assisted_localisation",
        "name_zh": "辅助故障定位服务",
        "name_en": "Assisted fault localisation",
        "scope_zh": "配合业务应用软件供应商对跨系统、跨平台的业务应用故障进行定位，提供基础设施侧的数据和分析结论。",
        "scope_en": "Help the supplier of a business application to locate faults across systems and platforms, "
        "with data and findings from the infrastructure.",
        "modes": ["on_site", "remote"],
        "skills": ["application", "middleware", "database", "network"],
        "targets": STANDARD,
    },
)

SEARCHED = {
    "customers": ("name_zh", "name_en"),
    "sites": ("name_zh", "name_en", "address"),
    "assets": ("name", "product", "model", "serial"),
    "contracts": ("number",),
    "contacts": ("name", "phone", "email"),
}
"""The tables that are searched, by what."""


def upgrade() -> None:
    for table, column in ADDED:
        op.add_column(table, column, schema="contracts")
        op.alter_column(table, column.name, server_default=None, schema="contracts")
    op.create_check_constraint(
        op.f("ck_assets_state"), "assets", "state IN ('in_service', 'retired')", schema="contracts"
    )
    _create_people()
    _create_contacts()
    _create_catalogue()
    _create_contact_lists()
    _create_entitlements()
    _create_words()
    protect("contracts", "contacts", "contact_lists", "entitlements", "entitlement_uses")


def downgrade() -> None:
    for table in SEARCHED:
        op.drop_column(table, "search", schema="contracts")
    drop_search_terms("contracts")
    for table in ("entitlement_uses", "entitlements", "contact_lists", "catalogue_items", "contacts", "people"):
        op.drop_table(table, schema="contracts")
    op.drop_constraint(op.f("ck_assets_state"), "assets", schema="contracts", type_="check")
    for table, column in ADDED:
        op.drop_column(table, column.name, schema="contracts")


def _create_people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("roles", TEXTS, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        schema="contracts",
    )


def _create_contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role_zh", sa.String(), nullable=False),
        sa.Column("role_en", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], [CUSTOMER], name=op.f("fk_contacts_customer_id")),
        sa.ForeignKeyConstraint(["site_id"], ["contracts.sites.id"], name=op.f("fk_contacts_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        schema="contracts",
    )
    op.create_index(op.f("ix_contacts_customer_id"), "contacts", ["customer_id"], schema="contracts")


def _create_catalogue() -> None:
    items = op.create_table(
        "catalogue_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("scope_zh", sa.String(), nullable=False),
        sa.Column("scope_en", sa.String(), nullable=False),
        sa.Column("provider_zh", sa.String(), nullable=False),
        sa.Column("provider_en", sa.String(), nullable=False),
        sa.Column("modes", TEXTS, nullable=False),
        sa.Column("skills", TEXTS, nullable=False),
        sa.Column("targets", postgresql.JSONB(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "modes <@ ARRAY['on_site', 'remote'] AND cardinality(modes) > 0", name=op.f("ck_catalogue_items_modes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_items")),
        sa.UniqueConstraint("code", name=op.f("uq_catalogue_items_code")),
        schema="contracts",
    )
    for place, item in enumerate(ITEMS, 1):
        identity = {"id": f"019a0000-0000-7000-8000-0000000c{place:04}", "version": 1, "place": place, "active": True}
        op.bulk_insert(items, [PROVIDER | identity | item])


def _create_contact_lists() -> None:
    op.create_table(
        "contact_lists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.contracts.id"], name=op.f("fk_contact_lists_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_lists")),
        sa.UniqueConstraint("contract_id", "version", name=op.f("uq_contact_lists_contract_id_version")),
        schema="contracts",
    )
    op.create_index(op.f("ix_contact_lists_customer_id"), "contact_lists", ["customer_id"], schema="contracts")


def _create_entitlements() -> None:
    op.create_table(
        "entitlements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("item_code", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.CheckConstraint("unit IN ('visits', 'hours')", name=op.f("ck_entitlements_unit")),
        sa.CheckConstraint("granted > 0", name=op.f("ck_entitlements_granted")),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.contracts.id"], name=op.f("fk_entitlements_contract_id")),
        sa.ForeignKeyConstraint(
            ["item_code"], ["contracts.catalogue_items.code"], name=op.f("fk_entitlements_item_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlements")),
        sa.UniqueConstraint(
            "contract_id", "item_code", "unit", name=op.f("uq_entitlements_contract_id_item_code_unit")
        ),
        schema="contracts",
    )
    op.create_index(op.f("ix_entitlements_contract_id"), "entitlements", ["contract_id"], schema="contracts")
    op.create_index(op.f("ix_entitlements_customer_id"), "entitlements", ["customer_id"], schema="contracts")
    op.create_table(
        "entitlement_uses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("entitlement_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("source_event_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_entitlement_uses_quantity")),
        sa.ForeignKeyConstraint(
            ["entitlement_id"], ["contracts.entitlements.id"], name=op.f("fk_entitlement_uses_entitlement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlement_uses")),
        sa.UniqueConstraint("source_event_id", name=op.f("uq_entitlement_uses_source_event_id")),
        schema="contracts",
    )
    op.create_index(op.f("ix_entitlement_uses_customer_id"), "entitlement_uses", ["customer_id"], schema="contracts")
    op.create_index("ix_entitlement_uses_year", "entitlement_uses", ["entitlement_id", "year"], schema="contracts")


def _create_words() -> None:
    create_search_terms("contracts")
    for table, columns in SEARCHED.items():
        words = sa.Computed(f"contracts.search_terms({', '.join(columns)})", persisted=True)
        op.add_column(table, sa.Column("search", postgresql.TSVECTOR(), words, nullable=False), schema="contracts")
        op.create_index(f"ix_{table}_search", table, ["search"], schema="contracts", postgresql_using="gin")
