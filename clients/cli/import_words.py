"""What the import says, in English and Chinese: a part of clients/cli/words.py, which says it."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # the command and its parts
    "import": ("Import: what another system recorded.", "导入：其他系统的历史记录。"),
    "import_incidents": (
        "Import incidents with their whole history: nobody is told. Run it again to go on.",
        "导入事件及其完整历史，不通知任何人。中断后重新运行即可继续。",
    ),
    "argument_export": ("The export: .csv or .csv.gz.", "导出文件：.csv 或 .csv.gz。"),
    "option_format": (
        "How the file is to be read: ServiceNow's incident event log, or any other with a mapping.",
        "文件格式：ServiceNow 日志，或带映射文件的其他表格（csv）。",
    ),
    "option_mapping": (
        "For csv: the file (TOML) that says which column means what.",
        "用于 csv：说明各列含义的映射文件（TOML）。",
    ),
    "option_import_customer": (
        "Whose incidents they are: id, or part of the name. Known from --asset where it is stated.",
        "事件所属客户：ID 或名称的一部分；指定 --asset 时由资产得出。",
    ),
    "option_import_site": (
        "Where the incidents were: id, or part of the name of a site.",
        "事件发生的站点：ID 或名称的一部分。",
    ),
    "option_import_asset": (
        "What the incidents were about: id, serial number, or part of the name.",
        "事件涉及的资产：ID、序列号或名称的一部分。",
    ),
    "option_zone": (
        "Time zone of the times in the file (Asia/Shanghai); else that of the customer's agreement.",
        "文件中时间所用的时区（如 Asia/Shanghai）；默认取自客户的服务协议。",
    ),
    "option_import_limit": ("Only the first so many incidents of the file.", "只处理文件中前若干个事件。"),
    "option_dry_run": ("Judge everything, write nothing.", "只检查，不写入。"),
    "option_import_report": (
        "Compare what the file says of the promise with what the agreement says.",
        "将文件记载的履约情况与按协议计算的结果进行对比。",
    ),
    "option_rejected": (
        "Write everything that is left out to this file (CSV: line, number, reason).",
        "将未导入的内容全部写入此文件（CSV：行号、编号、原因）。",
    ),
    # while it runs, and afterwards
    "incidents_so_far": ("{count:,} incidents", "{count:,} 个事件"),
    "done": ("Import of {file}, its times read in {zone}", "导入 {file}，时间按 {zone} 时区读取"),
    "judged": (
        "Dry run of {file}, its times read in {zone}: nothing was written",
        "试运行 {file}，时间按 {zone} 时区读取：未写入任何内容",
    ),
    "ended_early": (
        "Import of {file} ended early; run it again to go on",
        "导入 {file} 提前结束；重新运行即可继续",
    ),
    "incidents_column": ("incidents", "事件"),
    "updates_column": ("updates", "更新"),
    "outcome_imported": ("imported", "已导入"),
    "outcome_unchanged": ("there already, unchanged", "已存在，未变"),
    "outcome_refused": ("refused by the platform", "平台拒绝"),
    "outcome_rejected": ("rejected here", "本地拒绝"),
    "counts_of_present": ("Incidents imported or there already", "已导入或已存在的事件"),
    "priority": ("priority", "优先级"),
    "made_sla": ("made_sla", "按时完成（made_sla）"),
    "reopen_count": ("reopened", "重新打开过"),
    "reassignment_count": ("reassigned", "改派过"),
    "uncovered": (
        "{count:,} of them are not covered: no agreement was in force at their time and place.",
        "其中 {count:,} 个不在合同范围：当时当地没有生效的协议。",
    ),
    "say_where": (
        "Say where they were with --site or --asset.",
        "可用 --site 或 --asset 说明地点或资产。",
    ),
    # the comparison with what the file says
    "compared": (
        "{column} of the file beside the promise “{promise}” as agreed",
        "文件的 {column} 与协议中“{promise}”承诺的对比",
    ),
    "all_values": ("all", "合计"),
    "file_says": ("file says\n{verdict}", "文件\n{verdict}"),
    "we_say": ("we say\n{verdict}", "本平台\n{verdict}"),
    "kept": ("kept", "履约"),
    "broken": ("broken", "超时"),
    "agreeing": ("agree", "一致"),
    "not_compared": ("not compared", "未对比"),
    "cell_kept_kept": ("both kept", "均履约"),
    "cell_broken_broken": ("both broken", "均超时"),
    "cell_kept_broken": ("only here broken", "仅本平台超时"),
    "cell_broken_kept": ("only file broken", "仅文件超时"),
    "some_of_them": ("Some of them", "示例"),
    "why_not_compared": (
        "{count:,} are not compared: still open, cancelled, not covered, or the file says nothing.",
        "{count:,} 个未对比：尚未结束、已取消、不在合同范围，或文件未记载。",
    ),
    "left_out": ("Left out", "未导入"),
    "line_column": ("line", "行号"),
    "reason_column": ("reason", "原因"),
    "more_left_out": (
        "and {count:,} more; --rejected FILE keeps them all",
        "另有 {count:,} 条；用 --rejected 文件 保存全部",
    ),
    # why a row is rejected
    "bad_date": ("{value!r} is no date and time of the stated form", "{value!r} 不是规定格式的有效日期时间"),
    "no_date": ("{column} is missing", "缺少 {column}"),
    "no_number": ("the incident's number is missing", "缺少事件编号"),
    "unknown_value": ("{column}: the mapping does not know {value!r}", "{column}：映射中没有 {value!r}"),
    "unknown_serial": (
        "the customer has no asset with the serial number {value!r}",
        "该客户没有序列号为 {value!r} 的资产",
    ),
    "too_long": ("{column} has more than {most} characters", "{column} 超过 {most} 个字符"),
    "too_large": ("the history has more than {most:,} bytes", "历史记录超过 {most:,} 字节"),
    "wrong_width": ("{count} columns instead of {wanted}", "有 {count} 列，应为 {wanted} 列"),
    "wrong_width_lines": (
        "{count} columns instead of {wanted}, up to line {last}; is a quote missing?",
        "到第 {last} 行为止有 {count} 列，应为 {wanted} 列；是否缺少引号？",
    ),
    "nul": ("holds a NUL character", "含有 NUL 字符"),
    "not_text": ("holds characters that are not {encoding}", "含有不属于 {encoding} 编码的字符"),
    "no_row": ("cannot be read as a row, up to line {last}: {reason}", "到第 {last} 行为止无法读取：{reason}"),
    "many_rows": ("more than {most} rows of one incident", "同一事件超过 {most} 行"),
    "several_rows": ("more than one row, though the mapping names no `at`", "映射未指定 at，但同一事件有多行"),
    "beside": (
        "beside line {at}, which may be a part of it",
        "与第 {at} 行相邻，该行可能属于此事件",
    ),
    "apart": (
        "more rows of an incident that came before: its rows must stand together; sort the file by number",
        "此编号前面已出现过：同一事件的各行必须相邻，请先按编号排序",
    ),
    "platform_says": ("the platform: {detail}", "平台：{detail}"),
    # why nothing is sent
    "mapping_without_csv": (
        "--mapping is for --format csv only; servicenow has its own.",
        "--mapping 只用于 --format csv；servicenow 自带映射。",
    ),
    "unreadable_file": ("{file} cannot be read: {reason}", "无法读取 {file}：{reason}"),
    "unwritable": ("{file} cannot be written: {reason}", "无法写入 {file}：{reason}"),
    "spreadsheet": (
        "{file} is a spreadsheet or an archive; export it as CSV.",
        "{file} 是电子表格或压缩包，请另存为 CSV。",
    ),
    "empty_file": ("{file} is empty.", "{file} 是空文件。"),
    "no_table": ("{file} is no table of text in the stated encoding.", "{file} 不是所述编码的文本表格。"),
    "columns_lacking": ("{file} has no column {columns}.", "{file} 中没有列 {columns}。"),
    "columns_twice": ("{file} has more than one column {columns}.", "{file} 中有重复的列 {columns}。"),
    "many_details": (
        "The file has {count} further columns, the platform takes {most}: choose them with `details` in the mapping.",
        "文件另有 {count} 列，平台最多接受 {most} 列：请在映射中用 details 选择。",
    ),
    "broken_file": (
        "{file} breaks off at line {line} ({reason}). The incidents before it are dealt with as told above; "
        "with the whole file, run the command again.",
        "{file} 在第 {line} 行中断（{reason}）。之前的事件已按上述结果处理；取得完整文件后请重新运行。",
    ),
    "no_rows": ("{file} has a header and no rows.", "{file} 只有表头，没有数据行。"),
    "bad_zone": (
        "--zone: {value} is no time zone of the IANA database, such as Asia/Shanghai.",
        "--zone：{value} 不是 IANA 时区名称（例如 Asia/Shanghai）。",
    ),
    "no_zone": (
        "No agreement is in force for this customer, so the time zone is not known: state it with --zone.",
        "该客户没有生效的服务协议，无法得知时区，请用 --zone 指定。",
    ),
    "several_zones": (
        "The customer's agreements have different time zones ({zones}): state one with --zone.",
        "该客户的服务协议使用不同时区（{zones}），请用 --zone 指定其一。",
    ),
    # why a mapping is wrong
    "no_toml": ("{file} is no TOML: {reason}", "{file} 不是有效的 TOML：{reason}"),
    "mapping_unknown": ("{file}: there is no {place}.", "{file}：没有 {place} 这一项。"),
    "mapping_missing": ("{file}: {place} is missing.", "{file}：缺少 {place}。"),
    "mapping_value": ("{file}: {place} cannot be {value!r}.", "{file}：{place} 不能是 {value!r}。"),
    "mapping_moments": (
        "{file}: {place} belongs to files with one row per incident, and columns.at to those with one row per update.",
        "{file}：{place} 用于每个事件一行的文件，columns.at 用于每次更新一行的文件，不能同时使用。",
    ),
    "mapping_judges_nothing": (
        "--report needs a mapping with [judged], which column says whether the promise was kept.",
        "--report 需要映射中的 [judged]，即哪一列说明是否履约。",
    ),
    "mapping_state": (
        "{file}: [state] needs columns.at, the time since when an incident is in the state.",
        "{file}：[state] 需要 columns.at，即进入该状态的时间。",
    ),
}
