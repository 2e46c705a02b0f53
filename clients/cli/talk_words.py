"""What the commands about comments and joint analyses say: a part of clients/cli/words.py, which says it."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "comments": (
        "Comments: what customer and provider say about an incident.",
        "沟通记录：客户与服务方关于事件的留言。",
    ),
    "list_comments": ("Show what was said, oldest first, and the files.", "按时间顺序查看留言与附件。"),
    "add_comment": (
        "Say something, in public or internally, with files if wanted.",
        "添加公开留言或内部备注，可附文件。",
    ),
    "option_text": ("What is said.", "留言内容。"),
    "option_internal": ("For the provider's people only; the files too.", "仅服务方内部可见，附件亦然。"),
    "option_attach": ("Also attach this file; may be given several times.", "同时附上此文件，可多次使用。"),
    "not_attachable": ("{file} cannot be read: {reason}", "无法读取 {file}：{reason}"),
    "nothing_said": ("Nothing was said or attached yet.", "尚无留言或附件。"),
    "of_customer": ("customer", "客户"),
    "of_provider": ("provider", "服务方"),
    "files": ("Files", "附件"),
    # joint analyses
    "analyses": (
        "Joint analyses: what three teams find out about a difficult problem.",
        "联合会诊：三级团队共同分析疑难问题。",
    ),
    "show_analysis": ("Show who takes part, the hypotheses and the conclusion.", "查看参加人员、假设与结论。"),
    "join_analysis": ("Have somebody take part for a team.", "代表某一团队参加会诊。"),
    "propose_hypothesis": ("Propose what may be the cause.", "提出可能的原因（假设）。"),
    "judge_hypothesis": ("Confirm or reject a hypothesis by what was found.", "根据检查结果确认或排除假设。"),
    "conclude_analysis": ("Conclude, and say who sees to what follows.", "作出结论，并指定后续负责人。"),
    "option_joining_team": ("For which team.", "代表哪个团队。"),
    "option_joining_person": (
        "Who: id, e-mail address, part of the name, or me (if left out).",
        "参加人员：ID、邮箱、姓名的一部分，或 me（本人，默认）。",
    ),
    "option_statement": ("What may be the cause.", "可能的原因。"),
    "option_hypothesis": ("Which hypothesis, by its number in show.", "假设的序号，见 show。"),
    "option_verdict": ("Whether it holds.", "是否成立。"),
    "option_finding": ("What shows it.", "检查结果。"),
    "option_conclusion": ("What all three teams found.", "三方共同的结论。"),
    "option_owner": (
        "Who sees to what follows: id, e-mail address, part of the name, or me.",
        "后续负责人：ID、邮箱、姓名的一部分，或 me（本人）。",
    ),
    "no_joint_analysis": ("No joint analysis was convened for this incident.", "该事件尚未进入联合会诊。"),
    "no_such_hypothesis": ("There is no hypothesis {number}, but {count}.", "没有第 {number} 个假设，共 {count} 个。"),
    "convened": ("convened {time}", "{time} 召集"),
    "hypotheses": ("Hypotheses", "假设"),
    "conclusion": ("Conclusion", "结论"),
}
