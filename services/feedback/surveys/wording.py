"""What the public pages say beside the questions, in Chinese and English."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "zh": {
        "html": "zh-CN",
        "service": "售后服务",
        "page": "满意度调查",
        "other": "en",
        "other_name": "English",
        "heading": "您对我们的服务满意吗？",
        "greeting": "{name}，您好！您报告的问题现已处理完毕，想请您用一分钟谈谈感受。",
        "incident": "事件编号",
        "optional": "选填",
        "placeholder": "例如：哪些地方做得好，哪些地方还需改进",
        "submit": "提交答复",
        "final": "答复提交后不可修改，仅用于改进服务。",
        "until": "请于 {date.year} 年 {date.month} 月 {date.day} 日前答复。",
        "check": "请检查标出的问题，其他内容已为您保留。",
        "missing": "请选择一项。",
        "not_a_choice": "请从给出的选项中选择。",
        "too_long": "内容过长，最多 {limit} 字。",
        "thanks": "感谢您的反馈",
        "thanks_text": "我们已收到您的答复，并将据此改进服务。现在可以关闭此页面。",
        "survey_already_answered": "您已完成答复",
        "survey_link_expired": "调查已结束",
        "survey_link_unknown": "未找到此调查",
        "problem": "页面暂时无法打开",
    },
    "en": {
        "html": "en",
        "service": "After-sales service",
        "page": "Satisfaction survey",
        "other": "zh",
        "other_name": "中文",
        "heading": "How did we do?",
        "greeting": "Hello {name}, the fault you reported has been dealt with. Could you spare a minute to tell us "
        "what you think?",
        "incident": "Incident",
        "optional": "optional",
        "placeholder": "For example: what went well, and what we should do better",
        "submit": "Send my answers",
        "final": "Your answers cannot be changed once sent. We use them only to improve our service.",
        "until": "Please answer before {date.day} {date:%B %Y}.",
        "check": "Please look at the marked questions. Everything else you entered is still there.",
        "missing": "Please choose one.",
        "not_a_choice": "Please choose one of the given answers.",
        "too_long": "That is too long; there is room for {limit} characters.",
        "thanks": "Thank you for your feedback",
        "thanks_text": "We have received your answers and will use them to do better. You may close this page now.",
        "survey_already_answered": "You have already answered",
        "survey_link_expired": "This survey is closed",
        "survey_link_unknown": "There is no such survey",
        "problem": "This page cannot be shown right now",
    },
}


def language_of_locale(locale: str) -> str:
    """`zh` for any Chinese locale, else `en`."""
    return "zh" if locale.lower().startswith("zh") else "en"
