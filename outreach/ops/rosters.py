"""A sample roster as townships keep them: merged headings, repeated headings, totals,
and cells that need reading with care.
"""

import io
from datetime import date

import xlsxwriter

from outreach.ops.invented import Invented

TOP = (
    "序号",
    "姓名",
    "性别",
    "联系方式",
    "",
    "籍贯",
    "村",
    "出生年月",
    "现居地",
    "单位及职务",
    "所属行业",
    "年产值",
    "层级",
    "备注",
)
BELOW = ("", "", "", "手机", "微信", "", "", "", "", "", "", "", "", "")


def sample(
    towns: tuple[str, ...] = ("马庄桥镇", "瓦屋头镇"), rows: int = 60, seed: int = 7, county: str = "清丰县"
) -> bytes:
    """An .xlsx of one sheet per township, ``rows`` people each,
    about a third of them with something doubtful.
    """
    target, invented = io.BytesIO(), Invented(seed)
    book = xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    for town in towns:
        sheet = book.add_worksheet(town)
        sheet.merge_range(
            0,
            0,
            0,
            13,
            f"{county}{town}在外乡贤人员登记表（2026年1月）",
            book.add_format({"bold": True, "align": "center"}),
        )
        sheet.write(1, 0, f"填报单位（盖章）：{town}人民政府")
        sheet.write(1, 12, "单位：万元")
        _heading(sheet, 2)
        line = 4
        for number in range(rows):
            if number and number % 40 == 0:
                _heading(sheet, line + 1)
                line += 3
            for column, cell in enumerate(_row(invented, number, town)):
                if cell not in ("", None):
                    sheet.write(line, column, cell)
            line += 1
        sheet.write_row(line, 0, ("合计", f"{rows}人"))
        sheet.write(line + 1, 0, "填报人：　　　审核人：　　　联系电话：6665602")
    book.close()
    return target.getvalue()


def _heading(sheet, line: int) -> None:
    for column, word in enumerate(TOP):
        if column == 3:
            sheet.merge_range(line, 3, line, 4, word)
        elif column != 4:
            sheet.merge_range(line, column, line + 1, column, word)
    sheet.write(line + 1, 3, BELOW[3])
    sheet.write(line + 1, 4, BELOW[4])


def _row(invented: Invented, number: int, town: str) -> tuple:
    person = invented.values("", 1)
    name, phone = person["name"], invented.mobile()
    year, month = person["birth"].split("-")
    phones = (
        phone,
        float(phone),
        f"{phone[:3]} {phone[3:7]} {phone[7:]}",
        f"{phone}/0393-6665602",
        "1.54E+10",
        phone[:-1],
        f"+86 {phone}",
        "同上",
        f"{phone}（微信同号）",
        "",
    )
    births = (
        f"{year}年{int(month)}月",
        f"{year}{month}",
        float(f"{year}.1"),
        date(int(year), int(month), 1),
        "属猴",
        f"{year}.{month}",
        "",
    )
    amounts = (person["scale_wan"], f"约{person['scale_wan']}万", "0.53亿", "5000-8000万", "保密", "")
    body = "、".join("".join(pair) for pair in person["posts"]) or "自己干装修，手下20来人"
    return (
        number + 1,
        f"{name[0]}　{name[1]}"
        if len(name) == 2
        else f"{name}（{person['gender']}）"
        if number % 9 == 0
        else name,
        person["gender"],
        phones[number % len(phones)],
        "同手机" if number % 3 else "",
        "同上" if number % 7 == 5 else town,
        person["home_village"],
        births[number % len(births)],
        person["city"].removesuffix("市"),
        body,
        ("建筑", "物流", "软件开发", "餐饮", "服装加工")[number % 5],
        amounts[number % len(amounts)],
        ("", "", "乡贤企业家", "", "重点")[number % 5],
        "有返乡意愿" if number % 6 == 0 else "",
    )
