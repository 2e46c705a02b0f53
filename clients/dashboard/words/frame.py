"""What stands on every page, and what is said of it and of signing in."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # the frame of every page
    "product": ("Aftercare", "Aftercare"),
    "tagline": ("After-sales service", "售后服务平台"),
    "incidents": ("Incidents", "事件"),
    "navigation": ("Pages", "页面导航"),
    "report": ("Report a fault", "报告故障"),
    "contracts": ("Contracts", "合同"),
    "calendars": ("Calendars", "工作日历"),
    "find": ("Search", "搜索"),
    "find_hint": (
        "Incidents, contracts, customers, sites, assets and contacts, by any word of theirs.",
        "可搜索事件、合同、客户、站点、资产和联系人。",
    ),
    "find_all": ("Search everything", "全站搜索"),
    "search_results": ("Found for “{text}”", "“{text}”的搜索结果"),
    "nothing_found": ("Nothing holds “{text}”.", "没有包含“{text}”的内容。"),
    "all_found": ("All incidents found", "查看全部匹配的事件"),
    "its_incidents": ("Incidents of the customer", "该客户的事件"),
    "customers": ("Customers", "客户"),
    "contacts": ("Contacts", "联系人"),
    "sign_out": ("Sign out", "退出登录"),
    "other_language": ("中文", "EN"),
    "other_language_hint": ("切换到中文", "Switch to English"),
    "zone": ("All times in {zone}", "时区：{zone}"),
    "zone_china": ("China Standard Time", "北京时间"),
    "not_connected": (
        "The platform does not answer. What is shown may be out of date; trying again.",
        "平台暂时无响应，显示的内容可能已过时，正在重试。",
    ),
    "to_content": ("Skip to content", "跳到正文"),
    # sign-in
    "sign_in": ("Sign in", "登录"),
    "email": ("E-mail", "邮箱"),
    "password": ("Password", "密码"),
    "sign_in_hint": ("Use the account your administrator gave you.", "请使用管理员为您开通的账号登录。"),
    "session_ended": ("Your session has ended. Please sign in again.", "会话已失效，请重新登录。"),
    "signed_out": ("You are signed out.", "您已退出登录。"),
    "unreachable": (
        "The platform cannot be reached at the moment. Please try again.",
        "暂时无法连接平台，请稍后重试。",
    ),
    # services, as a timeline names them
    "service_contracts": ("contracts", "合同"),
    "service_incidents": ("incidents", "事件"),
    "service_escalation": ("emergencies", "应急"),
    "service_inventory": ("spare parts", "备件"),
    "service_feedback": ("feedback", "回访"),
    "service_notify": ("messages", "通知"),
    "service_gateway": ("access", "访问"),
}
