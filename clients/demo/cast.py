"""Who and what the demo organisation is made of. All of it is invented, and its names say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

CUSTOMERS = {
    "hospital": {"name_zh": "演示医院", "name_en": "Demo Hospital"},
    "library": {"name_zh": "演示图书馆", "name_en": "Demo Library"},
}

SITES = (
    {
        "name_zh": "演示医院本部机房",
        "name_en": "Demo Hospital, main computer room",
        "address": "演示市中心路 1 号 / 1 Central Road, Demo City",
        "region": "演示市 Demo City",
    },
    {
        "name_zh": "演示医院东院区机房",
        "name_en": "Demo Hospital, east wing computer room",
        "address": "演示市东湖路 8 号 / 8 East Lake Road, Demo City",
        "region": "演示市 Demo City",
    },
)
DEPARTMENT = {
    "name_zh": "门诊部（演示）",
    "name_en": "Outpatient Department (Demo)",
    "email": "outpatient@hospital.demo.example",
    "locale": "zh-CN",
}
SWITCH, DATABASE, STORAGE = "DEMO-SW-0001", "DEMO-DB-0001", "DEMO-ST-0001"
ASSETS = (
    {
        "name": "核心交换机（演示）/ Core switch (Demo)",
        "product": "Demo core switch",
        "model": "DS-9000",
        "serial": SWITCH,
        "criticality": "high",
    },
    {
        "name": "数据库服务器（演示）/ Database server (Demo)",
        "product": "Demo database server",
        "model": "DDB-700",
        "serial": DATABASE,
        "criticality": "high",
    },
    {
        "name": "存储阵列（演示）/ Storage array (Demo)",
        "product": "Demo storage array",
        "model": "DST-400",
        "serial": STORAGE,
        "criticality": "normal",
    },
)
KEY_BUSINESS: dict[str, Any] = {
    "name_zh": "挂号业务（演示）",
    "name_en": "Registration (Demo)",
    "dependence": "very_high",
    "tolerable_outage_seconds": 30 * 60,
}
CONTRACT_NUMBER = "DEMO-HT-001"
CONTRACT_STARTS_ON = date(2025, 1, 1)
"""It holds for the samples of an import too (examples/import/)."""
CONTRACT_YEARS = 3
SIGNED_BY = {"provider": "郑伟（演示）", "customer": "王建国（演示）"}

PLAN: dict[str, Any] = {
    "name_zh": "核心交换机故障应急预案（演示）",
    "name_en": "Contingency plan: core switch failure (Demo)",
    "fault_class": "device",
    "scenario": "核心交换机停机，门诊挂号中断。/ The core switch is down; outpatient registration has stopped.",
}
DRILL_SCENARIO = "模拟核心交换机掉电。/ Simulated loss of power at the core switch."
DRILL_SUMMARY = (
    "12 分钟内切换完成，人工挂号有序启用。/ Switched over within 12 minutes; registration by hand went well."
)
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "emergency",
        {
            "title_zh": "隔离故障设备并切换到备用交换机",
            "title_en": "Isolate the failed device and switch over to the standby switch",
            "measure": "it",
            "minutes": 15,
            "after": [],
        },
    ),
    (
        "operator",
        {
            "title_zh": "启用人工挂号",
            "title_en": "Register patients by hand",
            "measure": "non_it",
            "minutes": 20,
            "after": [],
        },
    ),
    (
        "engineer",
        {
            "title_zh": "核对挂号业务数据，通知各窗口恢复",
            "title_en": "Check the registration data and tell the counters to resume",
            "measure": "it",
            "minutes": 15,
            "after": [1, 2],
        },
    ),
)
"""Who owns the step, and the step. The second runs beside the first; the third waits for both."""

PART_NUMBER = "DEMO-PSU-9000"
PART = {
    "part_number": PART_NUMBER,
    "name_zh": "核心交换机电源模块（演示）",
    "name_en": "Power module of the core switch (Demo)",
    "models": ["DS-9000"],
    "lead_time_days": 14,
}
STOCK_WANTED = 5
RECEIPT_NOTE = "演示补货 / Demo delivery"
DEPOTS = (
    (
        "keeper",
        {"name_zh": "演示市备件库", "name_en": "Demo City depot", "region": "演示市 Demo City"},
    ),
    (
        "second_keeper",
        {"name_zh": "演示省中心备件库", "name_en": "Demo Province central depot", "region": "演示省 Demo Province"},
    ),
)
VENDOR = {"party_name": "演示网络设备厂商 / Demo Networks", "party_email": "support@vendor.demo.example"}

KEY_NAME = "演示医院运维系统 / Demo Hospital operations system"
KEY_SCOPES = ("incidents:read", "incidents:report", "webhooks:read", "webhooks:write")
HOOK = "demo-hospital"
HOOK_EVENTS = (
    "incidents.incident_reported.v1",
    "incidents.incident_acknowledged.v1",
    "incidents.incident_classified.v1",
    "escalation.activation_authorised.v1",
    "inventory.part_reserved.v1",
    "incidents.visit_arrived.v1",
    "incidents.incident_resolved.v1",
    "incidents.incident_closed.v1",
)


@dataclass(frozen=True)
class Role:
    """One of the cast: the part they play in the story, and their roles on the platform."""

    part: str
    name_zh: str
    name_en: str
    email: str
    roles: tuple[str, ...]
    customer: str | None = None
    locale: str = "zh-CN"

    def body(self) -> dict[str, Any]:
        """The members of POST /v1/people that do not depend on the installation."""
        return {
            "name_zh": f"{self.name_zh}（演示）",
            "name_en": f"{self.name_en} (Demo)",
            "email": self.email,
            "locale": self.locale,
            "roles": list(self.roles),
        }


DESK = "desk"
STAFF, OF_HOSPITAL, OF_LIBRARY = "provider.demo.example", "hospital.demo.example", "library.demo.example"
CAST = (
    Role("desk", "陈静", "Chen Jing", f"chen.jing@{STAFF}", (DESK,)),
    Role("engineer", "刘洋", "Liu Yang", f"liu.yang@{STAFF}", ("engineer",)),
    Role("second_engineer", "马骏", "Ma Jun", f"ma.jun@{STAFF}", ("engineer",)),
    Role("emergency", "赵磊", "Zhao Lei", f"zhao.lei@{STAFF}", ("emergency_team", "leader")),
    Role("keeper", "孙丽", "Sun Li", f"sun.li@{STAFF}", ("keeper",)),
    Role("second_keeper", "吴刚", "Wu Gang", f"wu.gang@{STAFF}", ("keeper",)),
    Role("quality", "黄燕", "Huang Yan", f"huang.yan@{STAFF}", ("quality",)),
    Role("management", "郑伟", "Zheng Wei", f"zheng.wei@{STAFF}", ("management",)),
    Role("operator", "周敏", "Zhou Min", f"zhou.min@{OF_HOSPITAL}", ("customer_user",), "hospital"),
    Role("leader", "王建国", "Wang Jianguo", f"wang.jianguo@{OF_HOSPITAL}", ("leader",), "hospital"),
    Role("second_leader", "李红", "Li Hong", f"li.hong@{OF_HOSPITAL}", ("leader",), "hospital", "en"),
    Role("superior", "何志强", "He Zhiqiang", f"he.zhiqiang@{OF_HOSPITAL}", ("superior",), "hospital"),
    Role("reader", "林晓", "Lin Xiao", f"lin.xiao@{OF_LIBRARY}", ("customer_user",), "library"),
)
"""The head of the emergency team is one of the leading group too: even so, nobody decides on their own request."""
