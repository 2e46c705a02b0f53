"""What the `aftercare` command says, in English and Chinese. The field's own terms are in shared/events/words.py."""

from __future__ import annotations

from typing import Any

from clients.cli.agreement_words import WORDS as OF_AGREEMENTS
from clients.cli.import_words import WORDS as IMPORTING
from clients.cli.incident_words import WORDS as OF_INCIDENTS
from clients.cli.talk_words import WORDS as OF_TALK

WORDS: dict[str, tuple[str, str]] = {
    # the command and its parts
    "aftercare": (
        "Aftercare: the after-sales service platform, from the command line.",
        "Aftercare：售后服务平台的命令行工具。",
    ),
    "incidents": ("Incidents: list, show, report, move on.", "事件：列表、查看、报告、处理。"),
    "list": ("List incidents.", "列出事件。"),
    "show": (
        "Show one incident: its promises, what is left of them, what can be done now.",
        "查看一个事件：各项承诺、剩余时间、当前可执行的操作。",
    ),
    "report": ("Report a fault.", "报告故障。"),
    "trace": (
        "Show who did what and when, each step under the one that caused it.",
        "显示何人何时做了什么，每一步列在引发它的步骤之下。",
    ),
    "login": ("Sign in and keep the session on this machine.", "登录，并在本机保存会话。"),
    "logout": ("End the session kept on this machine.", "退出登录，并删除本机保存的会话。"),
    # help
    "usage": ("Usage", "用法"),
    "arguments": ("Arguments", "参数"),
    "options": ("Options", "选项"),
    "commands": ("Commands", "命令"),
    "metavar_options": ("[OPTIONS]", "[选项]"),
    "metavar_command": ("COMMAND", "命令"),
    "required": (" (required)", "（必填）"),
    "one_of": (" One of: {values}.", "可选值：{values}。"),
    "exit_codes": (
        "Exit codes: 0 done, 1 refused or left out, 2 wrong usage, 3 the platform cannot be reached.",
        "退出码：0 成功，1 被拒绝或未导入，2 用法错误，3 无法连接平台。",
    ),
    # parameters
    "option_help": ("Show this help.", "显示此帮助。"),
    "option_lang": ("Language of the answers; else that of the environment.", "输出语言；默认取自环境变量。"),
    "option_json": ("Answer in JSON, for programs.", "以 JSON 输出，供程序使用。"),
    "option_state": (
        "Only incidents in this state; more than once for several.",
        "只列出处于此状态的事件，可多次指定。",
    ),
    "option_severity": ("Only incidents of this severity.", "只列出此级别的事件。"),
    "option_customer": (
        "Only this customer's incidents: id, or part of the name.",
        "只列出该客户的事件：ID 或名称的一部分。",
    ),
    "option_limit": ("At most so many.", "最多列出的条数。"),
    "argument_incident": ("Number (INC-2026-000123) or id of the incident.", "事件编号（INC-2026-000123）或 ID。"),
    "option_title": ("What is wrong, in one line.", "一句话说明故障。"),
    "option_description": ("What was seen, in more words.", "故障现象的详细描述。"),
    "option_report_severity": ("How severe the fault is.", "故障级别。"),
    "option_asset": (
        "The asset at fault: id, serial number, or part of the name.",
        "故障资产：ID、序列号或名称的一部分。",
    ),
    "option_report_customer": (
        "For which customer: id, or part of the name. Known from the asset where there is one.",
        "为哪个客户报告：ID 或名称的一部分；指定资产时由资产得出。",
    ),
    "option_contact": ("Whom to answer; else yourself.", "联系人；默认为本人。"),
    "option_contact_email": ("The contact's e-mail address.", "联系人的邮箱地址。"),
    "option_url": ("Address of the platform.", "平台地址。"),
    "option_email": ("Your e-mail address.", "您的邮箱地址。"),
    "prompt_email": ("E-mail", "邮箱"),
    "prompt_password": ("Password", "密码"),
    # answers
    "no_incidents": ("No incidents.", "没有事件。"),
    "reported_as": ("Registered as {number}.", "已登记，编号 {number}。"),
    "not_covered": (
        "No contract in force covers this; the service desk will decide.",
        "没有生效的合同覆盖此故障，将由服务台决定如何处理。",
    ),
    "logged_in": ("Signed in to {url} as {email}, until {until}.", "已以 {email} 登录 {url}，有效期至 {until}。"),
    "logged_out": ("Signed out of {url}.", "已退出 {url}。"),
    "not_logged_in": ("There is no session on this machine.", "本机没有已保存的会话。"),
    "more": ("There are more; --limit shows them.", "还有更多，可用 --limit 查看。"),
    # failures
    "error": ("Error: ", "错误："),
    "refused": ("The platform refused ({status} {code}).", "平台拒绝了请求（{status} {code}）。"),
    "sign_in_again": (
        "The session has ended. Sign in again: aftercare login",
        "会话已失效，请重新登录：aftercare login",
    ),
    "unreachable": ("Cannot reach the platform at {address}: {reason}", "无法连接 {address} 上的平台：{reason}"),
    "no_sign_in": (
        "Nobody is signed in. Run `aftercare login`, or start the platform in this folder with `make run`.",
        "尚未登录。请运行 aftercare login，或在此目录用 make run 启动平台。",
    ),
    "unreadable": ("Cannot be read: {file}", "无法读取：{file}"),
    "interrupted": ("Interrupted.", "已中断。"),
    "try_help": ("{command} --help tells what there is.", "用 {command} --help 查看用法。"),
    "no_such_option": ("There is no option {option}.", "没有选项 {option}。"),
    "no_such_command": ("There is no command {command}.", "没有命令 {command}。"),
    "did_you_mean": ("Did you mean {nearest}?", "是否想用 {nearest}？"),
    "missing": ("{parameter} is missing.", "缺少 {parameter}。"),
    "option_wants_value": ("{option} wants a value.", "{option} 需要一个值。"),
    "bad_value": (
        "{parameter}: not {value}, but one of {allowed}.",
        "{parameter}：不能是 {value}，应为 {allowed} 之一。",
    ),
    "bad_number": ("{parameter} wants a whole number above 0.", "{parameter} 应为大于 0 的整数。"),
    "unexpected": ("Not expected here: {arguments}", "多余的参数：{arguments}"),
    "bad_usage": ("Not understood: {message}", "无法理解：{message}"),
    "none_like": ("{parameter}: nothing matches “{value}”.", "{parameter}：没有与“{value}”相符的内容。"),
    "several_like": ("{parameter}: “{value}” matches several: {found}.", "{parameter}：“{value}”对应多个：{found}。"),
    "customer_wanted": ("State the customer with --customer.", "请用 --customer 指定客户。"),
    # pictures
    "number": ("Number", "编号"),
    "severity": ("Severity", "级别"),
    "state": ("State", "状态"),
    "title": ("Title", "标题"),
    "customer": ("Customer", "客户"),
    "next_promise": ("Next promise", "最近的承诺"),
    "asset": ("Asset", "资产"),
    "contract": ("Contract", "合同"),
    "contact": ("Contact", "联系人"),
    "taken_over": ("Taken over from", "导入来源"),
    "reported_at": ("Reported", "报告时间"),
    "engineer": ("Engineer", "工程师"),
    "fault_class": ("Fault class", "故障类别"),
    "analysis": ("Analysis", "初步分析"),
    "solution": ("Solution", "解决方案"),
    "promise": ("Promise", "承诺"),
    "time_used": ("Time used", "已用时间"),
    "due": ("Due", "应完成时间"),
    "left": ("Left", "剩余"),
    "over": ("over by {time}", "超时 {time}"),
    "in_time": ("{time} to spare", "提前 {time}"),
    "allowed": ("Possible now", "当前可执行"),
    "nothing_allowed": ("nothing, for you", "您无可执行的操作"),
    "when": ("When", "时间"),
    "who": ("Who", "执行人"),
    "what": ("What", "事项"),
    "events": ("{count} events", "共 {count} 条记录"),
    "no_promises": ("No promises: not covered by a contract.", "无承诺：不在合同范围。"),
    # lengths of time
    "days": ("{n} d", "{n} 天"),
    "hours": ("{n} h", "{n} 小时"),
    "minutes": ("{n} min", "{n} 分"),
    "seconds": ("{n} s", "{n} 秒"),
}
WORDS |= IMPORTING | OF_INCIDENTS | OF_TALK | OF_AGREEMENTS


UNITS = (("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1))


def say(key: str, language: str, **values: Any) -> str:
    """The sentence for this key, in `zh` or `en`. Raises KeyError for a key that is none."""
    en, zh = WORDS[key]
    return (zh if language == "zh" else en).format(**values)


def span(seconds: float, language: str) -> str:
    """A length of time in its two largest units, rounded up to whole seconds; its sign is the caller's business."""
    whole = int(-(-abs(seconds) // 1))
    largest = next((index for index, (_, size) in enumerate(UNITS) if whole >= size), len(UNITS) - 1)
    told: list[str] = []
    for key, size in UNITS[largest : largest + 2]:
        count, whole = divmod(whole, size)
        if count or not told:
            told.append(say(key, language, n=count))
    return " ".join(told)
