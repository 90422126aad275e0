"""Where a sheet's heading is, how deep, and what each column means (M1)."""

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from outreach.core.phones import fold
from outreach.core.sheets import Sheet
from outreach.directory.reading import as_text

#: field -> headings seen in the wild; the first that equals, else the first that is contained, counts
SYNONYMS: dict[str, tuple[str, ...]] = {
    "skip": (
        "疑点(改正后再上传)",
        "序号",
        "编号",
        "No.",
        "NO",
        "是否住宿",
        "到达车次",
        "签名",
        "身份证号",
        "身份证号码",
        "家庭住址",
        "照片",
        "民族",
    ),
    "name": ("姓名", "乡贤姓名", "名字", "人员姓名", "会员姓名", "嘉宾姓名"),
    "gender": ("性别",),
    "wechat": ("微信", "微信号"),
    "phone": (
        "手机",
        "手机号",
        "手机号码",
        "联系电话",
        "联系方式",
        "电话",
        "电话号码",
        "移动电话",
        "本人电话",
        "tel",
        "mobile",
        "办公电话",
    ),
    "home": (
        "籍贯",
        "原籍",
        "老家",
        "户籍地",
        "户籍",
        "户籍所在地",
        "家乡",
        "所属乡镇",
        "乡镇",
        "乡(镇)",
        "籍贯乡镇",
        "家庭所在地",
    ),
    "village": ("村", "行政村", "所在村", "村庄", "村(社区)", "自然村", "籍贯村"),
    "birth": ("出生年月", "出生日期", "生日", "出生", "出生时间"),
    "lives": (
        "现居地",
        "常住地",
        "现居住地",
        "居住地",
        "所在城市",
        "现居城市",
        "工作地",
        "务工地",
        "在外地点",
        "现住址",
        "所在地",
        "经商地",
    ),
    "employer_post": (
        "单位及职务",
        "工作单位及职务",
        "现任职务",
        "现工作单位及职务",
        "单位职务",
        "工作单位、职务",
        "任职情况",
    ),
    "employer": (
        "单位",
        "工作单位",
        "企业名称",
        "公司名称",
        "所在企业",
        "公司",
        "企业",
        "任职企业",
        "单位名称",
        "企业(单位)名称",
    ),
    "title": ("职务", "职位", "职务职称", "公司职务", "企业职务"),
    "chamber_title": ("商会职务", "会内职务", "商会任职", "协会职务", "社会职务"),
    "credit_code": ("统一社会信用代码", "信用代码", "社会信用代码"),
    "industry": ("所属行业", "行业", "从事行业", "产业", "行业类别", "主营业务", "经营范围"),
    "scale": (
        "年产值",
        "产值",
        "年营业额",
        "营业额",
        "资产规模",
        "企业规模",
        "年收入",
        "投资规模",
        "年销售额",
        "年营业收入",
    ),
    "tier": ("层级", "类别", "乡贤类别", "人员类别", "级别", "等级", "乡贤层级"),
    "email": ("邮箱", "电子邮箱", "电子邮件", "e-mail", "email"),
    "row_key": ("雁归行号(勿改)",),
    "note": ("备注", "说明", "情况说明", "返乡意愿", "主要事迹", "贡献"),
}
FIELDS = tuple(SYNONYMS)
#: the two columns at the end of a sheet that went out to be corrected
OWN_COLUMNS = ("疑点(改正后再上传)", "雁归行号(勿改)")
_EXACT = {fold(word).lower(): name for name, words in SYNONYMS.items() for word in words}
_DEEPEST = 20
_NOT_HEADING = re.compile(r"[:：]|登记表|名册|花名册|统计表")


@lru_cache(maxsize=5_000)
def field_of(heading: str) -> str:
    """The field a heading names, or nothing. ``联系方式/手机`` is read from its last part."""
    parts = [re.sub(r"[\s*＊]+", "", fold(part)).lower() for part in heading.split("/")]
    for part in (*reversed(parts), "".join(parts)):
        bare = re.sub(r"[(（].*?[)）]", "", part)
        for word in (part, bare):
            if word in _EXACT:
                return _EXACT[word]
    last = re.sub(r"[(（].*?[)）]", "", parts[-1])
    known = [(len(word), name) for word, name in _EXACT.items() if len(word) > 1 and word in last]
    return max(known)[1] if known and len(last) <= 12 else ""


@dataclass
class Heading:
    """The heading of one sheet. ``columns``: the joined heading of each column; ``fields``: what is proposed."""

    first_row: int
    depth: int
    columns: list[str]
    fields: list[str]
    title: str = ""
    unit: str = ""  # 万, 亿, 元: named above the table or in the amount's own heading
    reporter: str = ""
    above: list[str] = field(default_factory=list)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the heading, to know it again when it is repeated."""
        return frozenset(part for column in self.columns for part in column.split("/") if part)

    @property
    def shape(self) -> str:
        """What two sheets with the same heading share; the columns a corrected sheet carries for us are left out."""
        return "|".join(column for column in self.columns if column not in OWN_COLUMNS)


def find(sheet: Sheet) -> Heading | None:
    """The heading within the first rows, or None when no row names at least a name and one more field."""
    best, best_score = None, 1
    for index, row in enumerate(sheet.rows[:_DEEPEST]):
        words = [as_text(cell) for cell in row]
        if sum(bool(word) for word in words) < 2:
            continue
        fields = {
            field_of(word) for word in words if word and len(word) <= 20 and not _NOT_HEADING.search(word)
        } - {""}
        if len(fields) > best_score:
            best, best_score = index, len(fields)
    if best is None:
        return None
    heading = _joined(sheet, best)
    return heading if "name" in heading.fields else None


def _joined(sheet: Sheet, first: int) -> Heading:
    top = [re.sub(r"\s+", "", as_text(cell)) for cell in sheet.rows[first]]
    below = (
        [re.sub(r"\s+", "", as_text(cell)) for cell in sheet.rows[first + 1]]
        if first + 1 < len(sheet.rows)
        else []
    )
    below += [""] * (len(top) - len(below))
    deep = _is_second_row(sheet, first, top, below)
    spans = {}
    for row, left, _bottom, right in sheet.merged:
        if row == first:
            spans.update(dict.fromkeys(range(left, right + 1), left))
    columns = []
    last = ""
    for index, word in enumerate(top):
        last = word or last
        head = word or (top[spans[index]] if index in spans else last if deep and below[index] else "")
        columns.append(f"{head}/{below[index]}" if deep and below[index] and head != below[index] else head)
    fields = _once([field_of(column) if column else "" for column in columns])
    heading = Heading(first, 2 if deep else 1, columns, fields)
    heading.above = [as_text(cell) for row in sheet.rows[:first] for cell in row if as_text(cell)]
    heading.title = heading.above[0] if heading.above else ""
    _context(heading)
    return heading


def _is_second_row(sheet: Sheet, first: int, top: list[str], below: list[str]) -> bool:
    filled = [word for word in below if word]
    if not filled:
        return False
    if any(row == first and bottom > first for row, _left, bottom, _right in sheet.merged):
        return True
    named = sum(bool(field_of(word)) for word in filled)
    return named == len(filled) and len(filled) < len([word for word in top if word])


def _once(fields: list[str]) -> list[str]:
    """Only phone, note and skip may stand twice; a second column for another field is left to the person to map."""
    seen: set[str] = set()
    kept = []
    for name in fields:
        kept.append("" if name in seen and name not in ("phone", "note", "skip") else name)
        seen.add(name)
    return kept


def _context(heading: Heading) -> None:
    text = "\n".join(heading.above)
    amount = next(
        (column for column, name in zip(heading.columns, heading.fields, strict=False) if name == "scale"), ""
    )
    for source in (amount, text):
        match = re.search(r"[（(]\s*(万|亿)?元\s*[)）]", source) or re.search(
            r"单位[:：]\s*(?:人民币)?(万|亿)?元", source
        )
        if match:
            heading.unit = match[1] or "元"
            break
    match = re.search(r"填报单位(?:[（(]盖章[)）])?[:：]\s*(\S+)", text)
    heading.reporter = match[1] if match else ""


_CHAMBER = re.compile(r"([\u3400-\u9fff]{2,20}?(?:商会|协会|同乡会|校友会|联谊会))")


def chamber_in(title: str) -> str:
    """The chamber a list's title names: 深圳市濮阳商会会员名册 -> 深圳市濮阳商会."""
    match = _CHAMBER.search(title)
    return match[1] if match else ""
