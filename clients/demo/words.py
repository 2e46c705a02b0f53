"""The words of the demo's story, in English and Chinese."""

from __future__ import annotations

from typing import Any

WORDS: dict[str, tuple[str, str]] = {
    # how it is told
    "title": ("Aftercare: a fault, from report to closed", "Aftercare：一次故障的全过程"),
    "subtitle": (
        "Invented people of an invented hospital, on your platform at {url}. All of it by the public API.",
        "虚构医院与虚构人物，运行在您的平台 {url} 上，全部通过公开 API 完成。",
    ),
    "gathering": ("everybody signs in", "各角色登录"),
    "client_system": ("hospital's system", "医院运维系统"),
    "platform": ("platform", "平台"),
    "visitor": ("survey page", "调查页面"),
    # acts
    "act_report": ("1  A fault is reported", "一、报修"),
    "act_analysis": ("2  Answered and analysed", "二、响应与初步分析"),
    "act_emergency": ("3  An emergency: nobody acts without authorisation", "三、紧急事务：未经授权，预案不得启动"),
    "act_parts": ("4  A spare part and an engineer on site", "四、备件调用与工程师到场"),
    "act_end": ("5  Restored, confirmed, closed", "五、恢复、确认与关闭"),
    "act_outside": ("6  What reached the outside world", "六、外部世界收到了什么"),
    # what is said in the incident itself
    "incident_title": ("Core switch without power, registration is down", "核心交换机掉电，门诊挂号中断"),
    "incident_description": (
        "Monitoring: no answer from the core switch since a moment ago; the counters cannot register patients.",
        "监控发现核心交换机无响应，门诊各窗口无法挂号。",
    ),
    "analysis": (
        "Both status lights of power module 1 are out; not a cable. The device is at fault.",
        "1 号电源模块状态灯全灭，排除线缆松动，判定为设备故障。",
    ),
    "reason": (
        "The core switch cannot be restored within the tolerable outage of registration.",
        "核心交换机无法在挂号业务可容忍中断时间内恢复。",
    ),
    "information": (
        "Analysis of the emergency team; standby switch tested at the last drill.",
        "依据应急处理工作小组的初步分析；备用交换机已在上次演练中验证。",
    ),
    "result_1": ("Switched over; the counters are online again.", "已切换，各窗口网络恢复。"),
    "result_2": ("31 patients registered by hand.", "人工挂号 31 人。"),
    "result_3": ("Registrations made by hand entered; all counters told.", "人工挂号数据已补录，各窗口已通知。"),
    "vendor_note": (
        "Power module of the core switch failed; please support remotely.",
        "核心交换机电源模块故障，请远程支持。",
    ),
    "service_record": (
        "Power module 1 replaced, redundancy checked, switched back from the standby switch.",
        "更换 1 号电源模块，验证双电源冗余，已由备用交换机切回。",
    ),
    "solution": (
        "Failed power module replaced; core switch back in service with both modules.",
        "更换故障电源模块，核心交换机双电源恢复运行。",
    ),
    "survey_text": ("Quick and well organised.", "响应迅速，组织有序。"),
    # scenes
    "reported": (
        "reports a fault: {number}, covered by contract {contract}",
        "报告故障：{number}，合同 {contract} 覆盖",
    ),
    "promised": ("promises: {promises}", "承诺：{promises}"),
    "promise": ("{kind} within {time}", "{kind} {time}内"),
    "tenancy": (
        "belongs to the Demo Library and looks for the incident: nothing there ({status} {code})",
        "是演示图书馆的用户，查看该事件：不可见（{status} {code}）",
    ),
    "acknowledged": ("answers; the respond clock stops: {outcome}", "响应报修，响应计时停止：{outcome}"),
    "classified": ("analyses it: {fault_class}, {severity}", "初步分析定性：{fault_class}，{severity}"),
    "leaders_told": ("tells the leading group at once by mail: {people}", "立即邮件告知领导小组：{people}"),
    "superior_told": (
        "reports to the superior authority: a key business is hit",
        "关键业务受影响，报告上级机关",
    ),
    "requested": ("asks to start the plan “{plan}”", "申请启动预案“{plan}”"),
    "refused": (
        "tries to authorise it too, as one of the leading group: refused. {detail} ({status} {code})",
        "身为领导小组成员，也试图自己授权：被拒绝。{detail}（{status} {code}）",
    ),
    "authorised": ("authorises the plan; it starts with {count} steps", "授权启动预案，共 {count} 个步骤"),
    "step_done": ("has step {position} done by {owner}: {title}", "第 {position} 步由{owner}完成：{title}"),
    "plan_done": ("the plan is completed", "预案执行完毕"),
    "vendor_engaged": ("engages the equipment vendor by mail", "联系设备厂商（邮件）"),
    "vendor_moves": ("notes that the vendor took it on, connected, and is done", "记录厂商受理、远程接入、完成支持"),
    "restocked": ("fills the stock up by {count}", "补货入库 {count} 件"),
    "called_up": ("calls up a spare part: {wanted}", "调用备件：{wanted}"),
    "reserved": ("reserves it at {depot}", "已在{depot}预留"),
    "issued": ("hands it out", "备件出库"),
    "assigned": ("assigns {engineer} and plans a visit", "指派{engineer}并安排上门"),
    "en_route": ("is on the way", "出发前往现场"),
    "arrived": ("is on site; the on-site clock stops: {outcome}", "到达现场，到场计时停止：{outcome}"),
    "used": ("builds the part in", "更换备件"),
    "visited": ("leaves with the signed service record", "完成上门，客户签署服务记录"),
    "resolved": ("restores the service; the resolve clock stops: {outcome}", "恢复服务，解决计时停止：{outcome}"),
    "department_told": ("tells the Outpatient Department by mail", "邮件通知门诊部恢复"),
    "confirmed": ("confirms for the customer; the incident is closed", "客户确认恢复，事件关闭"),
    "survey_sent": ("sends the satisfaction survey to {contact}", "向{contact}发送满意度调查"),
    "survey_answered": (
        "answered from the link in the mail, without sign-in: {rating} of 5",
        "通过邮件链接免登录作答：{rating} 分（满分 5 分）",
    ),
    "mails_left": ("{count} mails left over SMTP, each accepted", "{count} 封邮件经 SMTP 发出并被接收"),
    "hooks_left": (
        "got {count} webhook calls; {verified} signatures verified",
        "收到 {count} 次 Webhook 调用，{verified} 个签名验证通过",
    ),
    # waiting
    "wait_respond": ("the respond clock to stop", "响应计时停止"),
    "wait_leaders": ("the mails to the leading group", "发给领导小组的邮件"),
    "wait_superior": ("the report to the superior authority", "上报上级机关"),
    "wait_plan": ("the plan to be completed", "预案执行完毕"),
    "wait_vendor": ("the mail to the vendor", "发给设备厂商的邮件"),
    "wait_reserved": ("the part to be reserved", "备件预留"),
    "wait_on_site": ("the on-site clock to stop", "到场计时停止"),
    "wait_resolve": ("the resolve clock to stop", "解决计时停止"),
    "wait_department": ("the mail to the department", "发给业务部门的邮件"),
    "wait_survey": ("the survey's mail", "满意度调查邮件"),
    "wait_answer": ("the survey's answer", "调查答复"),
    "wait_mails": ("the last mails to leave", "最后的邮件发出"),
    "wait_hooks": ("the last webhook calls", "最后的 Webhook 调用"),
    "wait_timeline": ("the timeline to be complete", "时间线补齐"),
    "kept": ("kept", "按时"),
    "broken": ("broken", "超时"),
    # summary
    "summary": ("Summary of {number}", "{number} 汇总"),
    "promises": ("Promises: {met} kept, {broken} broken", "承诺：按时 {met} 项，超时 {broken} 项"),
    "mails": ("Mails received: {count}", "收到的邮件：{count} 封"),
    "to": ("To", "收件人"),
    "subject": ("Subject", "主题"),
    "hooks": (
        "Webhook calls received: {count}, signatures verified: {verified}",
        "收到的 Webhook：{count} 次，签名验证通过：{verified} 次",
    ),
    "event_type": ("Event", "事件类型"),
    "calls": ("Calls", "次数"),
    "chain": (
        "Chain of events: {count}, each under the one that caused it",
        "事件链：共 {count} 条，每条列在引发它的事件之下",
    ),
    "done": (
        "Told in {seconds} s. Look at it again: aftercare trace {number}, or on the dashboard.",
        "用时 {seconds} 秒。再次查看：aftercare trace {number}，或打开看板。",
    ),
    # failures
    "failed": ("The story stops here: {reason}", "演示中断：{reason}"),
    "late": ("waited {seconds} s for {what}, in vain", "等待{what}超过 {seconds} 秒"),
    "not_covered": ("the incident is not covered by the demo contract", "该事件未被演示合同覆盖"),
    "not_refused": ("the requester could authorise their own request", "申请人竟能授权自己的申请"),
    "not_hidden": ("another customer can see the incident", "其他客户竟能看到该事件"),
    "part_refused": ("the part could not be reserved: {reason}", "备件无法预留：{reason}"),
    "bad_signatures": ("{count} webhook calls have no valid signature", "{count} 次 Webhook 调用签名无效"),
    "survey_page": ("the survey's page says {status}", "调查页面返回 {status}"),
    "no_form": ("the survey's page has no form", "调查页面没有表单"),
    "unreachable": (
        "nothing answers at {address} ({reason}). Start the platform first: make run",
        "{address} 无响应（{reason}）。请先启动平台：make run",
    ),
    "no_demo": (
        "there is no demo organisation in {file}. Start the platform first: make run",
        "{file} 中没有演示组织。请先启动平台：make run",
    ),
    "no_recorder": (
        "the demo was loaded without a recorder, so there is no outside world to show",
        "演示组织未连接记录器，无法展示外部收到的内容",
    ),
}


def say(key: str, language: str, **values: Any) -> str:
    """The sentence for this key, in `zh` or `en`. Raises KeyError for a key that is none."""
    en, zh = WORDS[key]
    return (zh if language == "zh" else en).format(**values)
