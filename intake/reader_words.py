"""What is said when a file cannot be read: one sentence for each code, with what is wrong, where, and what to do.

No sentence names a cell, a sheet or a member by its own words: they are the sender's, and may be persons' names.
"""

from typing import Any

from schemas.errors import DeliveryRefused

RESEND = "请重新导出后发送。"
WORDS = {
    # no table
    "foreign": "这是 {kind} 文件，本程序不读这种格式；请用原系统或 Excel、WPS 打开后另存为 xlsx 或 CSV 再发送。",
    # any container
    "truncated": "{what}已损坏、被截断或内容异常，打不开；" + RESEND,
    "locked": "{what}加了密码；请去掉密码后重发。",
    "too_large": "{what}展开后异常庞大，超出读取上限；请分成几个文件或改发 CSV。",
    "missing_dependency": "本机缺少读取这种文件的组件 {package}；请管理员用 pip 安装 {package} 后重新投放。",
    # a zip, be it a workbook or an archive
    "zip_members": "{what}里的文件超过 {most} 个，拒绝打开；请分成几个文件后重发。",
    "zip_unpacked": "{what}解开后超过 {most} GB，拒绝打开；请分成几个文件后重发。",
    "zip_bomb": "{what}解开后是原来的 150 倍以上，疑似压缩炸弹，拒绝打开；" + RESEND,
    "zip_size": "{what}里有文件解开后与它声明的大小不符，疑似被改动；" + RESEND,
    "zip_crc": "{what}里有文件的校验码不符，内容在传输中损坏；请重新发送。",
    "zip_path": "{what}里第 {number} 个文件的路径不安全（含上级目录、绝对路径、盘符或链接），拒绝打开；请重新打包后发送。",
    "zip_duplicate": "{what}里有同名的文件，无法确定以哪个为准；请重新打包后发送。",
    "zip_overlap": "{what}里的文件互相重叠，疑似压缩炸弹，拒绝打开；请重新打包后发送。",
    "zip_hidden": "{what}前面另有目录没有列出的内容，可能由几个压缩包拼接而成，那些内容会被漏掉；请重新打包后发送。",
    "zip_method": "{what}里第 {number} 个文件用了不支持的压缩方法；请用普通 zip（deflate）重新打包后发送。",
    # an archive
    "archive_kind": "这是 {kind} 压缩包，本程序不解这种格式；请改用 zip 或直接放入文件。",
    "archive_nested": "压缩包里第 {number} 个文件还是压缩包；请全部解开后只压一层，或直接放入文件。",
    # a workbook
    "zip": "这是压缩包，不是工作簿；请解压后把里面的文件投放。",
    "not_workbook": "这是 Word、PowerPoint 等文件，不是工作簿；请把名单另存为 xlsx 或 CSV 后重发。",
    "xlsb": "这是二进制工作簿（xlsb），无法可靠读取；请另存为 xlsx 或 CSV 后重发。",
    "macros": "工作簿含有宏；请另存为不含宏的 xlsx 或 CSV 后重发。",
    "external_links": "工作簿引用了其他文件或程序（外部链接）；请另存为不含外部链接的 xlsx 或 CSV 后重发。",
    "embedded_object": "工作簿里嵌入了其他文件或控件；请删去嵌入的对象，或另存为 CSV 后重发。",
    "entities": "文件里有 DOCTYPE 或 ENTITY 声明，正常的表格不会有，拒绝打开；请用 Excel 或 WPS 另存为 xlsx 后重发。",
    "shared_strings": "工作簿的共享文字表大小异常或与其声明不符，拒绝打开；请用 Excel 或 WPS 另存后重发。",
    "error_cells": "第 {sheet} 张工作表有无法定位的错误值（如 #N/A）；请改正公式或粘贴为数值后重发。",
    "far_cell": "第 {sheet} 张工作表在远离数据的地方有零星内容，展开后异常庞大；请删去表格以外的行列后重新保存。",
    "nul_cell": "第 {sheet} 张工作表的单元格里有空字符，文件可能已损坏；" + RESEND,
    "merged_over": "第 {sheet} 张工作表的合并单元格互相重叠，无法确定各格的内容；请取消合并后重新保存。",
    "too_many_sheets": "文件里的表格超过 1000 张，不是数据文件；请只保留要报送的表格后重发。",
    "empty_file": "工作簿是空的；请确认导出的内容后重发。",
    "sheet_without_header": "第 {sheet} 张工作表有数据但没有可识别的表头；请在该表首行补上表头，或删去该表后重发。",
    # web pages and XML saved as a workbook
    "no_table": "这是网页，里面没有表格（可能是登录页或出错页）；请重新导出，或另存为 xlsx 后重发。",
    "mhtml": "这是「单个文件网页」（MHTML），不是工作簿；请另存为 xlsx 或 CSV 后重发。",
    "unknown_xml": "这是 XML 文件，但不是 Excel 的表格；请另存为 xlsx 或 CSV 后重发。",
    "markup_broken": "第 {line} 行附近的标记有误，文件可能已损坏或被截断；" + RESEND,
    "markup_depth": "文件的标记层层嵌套过深，无法可靠读取；请另存为 xlsx 后重发。",
}


def refusal(code: str, **said: Any) -> DeliveryRefused:
    """The refusal that a code stands for."""
    return DeliveryRefused(WORDS[code].format(**{"what": "工作簿", **said}), code=code)
