"""The field's terms for coded values, in English and Chinese: for timelines, messages, documents and pages."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # severities
    "general": ("general fault", "一般故障"),
    "major": ("major fault", "重大故障"),
    "disaster": ("disaster", "灾难"),
    "consultation": ("consultation", "咨询"),
    # fault classes
    "device": ("device fault", "设备故障"),
    "line": ("line fault", "线路故障"),
    "software": ("software fault", "软件故障"),
    "power_or_connection": ("power or connection", "电源或连接"),
    "other": ("other fault", "其他故障"),
    # channels of intake
    "api": ("API", "接口"),
    "hotline": ("hotline", "热线"),
    "mail": ("e-mail", "邮件"),
    "portal": ("portal", "门户"),
    "monitoring": ("monitoring", "监控告警"),
    # clocks
    "respond": ("respond", "响应"),
    "on_site": ("on site", "到场"),
    "resolve": ("resolve", "解决"),
    "plan_requested": ("plan requested", "申请启动预案"),
    "plan_decided": ("plan decided", "预案决定"),
    "superior_told": ("superior told", "上报上级"),
    "running": ("running", "计时中"),
    "paused": ("paused", "已暂停"),
    "met": ("met", "按时完成"),
    "breached": ("breached", "超时"),
    "stopped": ("stopped", "已停止"),
    "cancelled": ("cancelled", "已取消"),
    # incident states
    "reported": ("reported", "已报告"),
    "acknowledged": ("acknowledged", "已响应"),
    "in_progress": ("in progress", "处理中"),
    "resolved": ("resolved", "已解决"),
    "confirmed": ("confirmed", "已确认"),
    "closed": ("closed", "已关闭"),
    # visits
    "planned": ("planned", "已安排"),
    "en_route": ("en route", "在途"),
    "arrived": ("arrived", "已到场"),
    "done": ("done", "已完成"),
    # emergencies, activations, steps, engagements
    "open": ("open", "处理中"),
    "requested": ("requested", "已申请"),
    "authorised": ("authorised", "已授权"),
    "refused": ("refused", "已拒绝"),
    "withdrawn": ("withdrawn", "已撤回"),
    "completed": ("completed", "已完成"),
    "pending": ("pending", "待执行"),
    "started": ("started", "执行中"),
    "contacted": ("contacted", "已联系"),
    "accepted": ("accepted", "已受理"),
    "it": ("IT measure", "IT 措施"),
    "non_it": ("non-IT measure", "非 IT 措施"),
    # plan versions
    "draft": ("draft", "草案"),
    "in_drill": ("in drill", "演练中"),
    "drilled": ("drilled", "已演练"),
    "approved": ("approved", "已批准"),
    "in_force": ("in force", "生效"),
    "superseded": ("superseded", "已被替代"),
    "retired": ("retired", "已废止"),
    # parts called up, and reservations
    "called_up": ("called up", "已调用"),
    "reserved": ("reserved", "已预留"),
    "issued": ("issued", "已出库"),
    "used": ("used", "已使用"),
    "released": ("released", "已释放"),
    "expired": ("expired", "已过期"),
    "out_of_stock": ("out of stock", "缺货"),
    "unknown_part": ("unknown part", "备件不存在"),
    # messages
    "waiting": ("waiting", "等待发送"),
    "sent": ("sent", "已发送"),
    "delivered": ("delivered", "已送达"),
    "failed": ("failed", "失败"),
    "answered": ("answered", "已答复"),
    "not_sent": ("not sent", "未发送"),
    "asked_recently": ("asked recently", "近期已调查"),
    # states and reasons of alarms
    "raised": ("raised", "待确认"),
    "clock_breached": ("a promise was broken", "承诺超时"),
    "clock_warned": ("a promise is at risk", "承诺即将超时"),
    "activation_unanswered": ("activation request unanswered", "预案启动申请无人答复"),
    "parts_unanswered": ("parts call-up unanswered", "备件调用无人答复"),
    "reservation_refused": ("spare part refused", "备件无法预留"),
    "nobody_to_tell": ("nobody could be told", "无人可通知"),
    # roles
    "customer_user": ("customer user", "客户用户"),
    "client_system": ("client system", "客户系统"),
    "desk": ("service desk", "服务台"),
    "engineer": ("engineer", "工程师"),
    "emergency_team": ("emergency team", "应急处理工作小组"),
    "leader": ("leading group", "领导小组"),
    "superior": ("superior authority", "上级机关"),
    "management": ("management", "公司管理层"),
    "keeper": ("keeper", "备件库专人"),
    "buyer": ("buyer", "采购"),
    "quality": ("quality", "质量监督"),
    "administrator": ("administrator", "管理员"),
    "covered": ("covered by contract", "合同覆盖"),
    "not_covered": ("not covered", "不在合同范围"),
}


def word(value: str, language: str) -> str:
    """The term for a coded value, in `zh` or `en`; a value without a term is its own."""
    terms = WORDS.get(value)
    if terms is None:
        return value
    return terms[1] if language == "zh" else terms[0]
