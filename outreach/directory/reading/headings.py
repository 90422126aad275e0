"""The fields of a roster and the headings they bear (M1)."""

import re

from outreach.imports.headings import Field, Kind, Taken, plain

#: the two columns at the end of a sheet that went out to be corrected
OWN_COLUMNS = ("疑点(改正后再上传)", "雁归行号(勿改)")

_SKIPPED = (
    *(
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
        "身份证",
    ),
    *(
        "家庭住址",
        "照片",
        "民族",
        "Order #",
        "提交时间",
        "提交答卷时间",
        "所用时间",
        "来源",
        "来源详情",
        "来自IP",
        "时间戳记",
    ),
)
_NAMES = (
    *(
        "姓名",
        "乡贤姓名",
        "人员姓名",
        "会员姓名",
        "嘉宾姓名",
        "代表姓名",
        "名字",
        "姓名名字",
        "中文姓名",
        "显示名称",
    ),
    *("Name", "Full Name", "Attendee Name", "Display Name", "Name of the person"),
    *("负责人姓名", "负责人", "企业负责人", "法定代表人姓名", "法人姓名", "法定代表人", "法人代表", "法人"),
)
_GIVEN = ("名", "名字", "First Name", "Given Name")
_PHONES = (
    *(
        "手机",
        "手机号",
        "手机号码",
        "联系电话",
        "联系方式",
        "电话",
        "电话号码",
        "移动电话",
        "移动电话号码",
        "本人电话",
        "tel",
    ),
    *(
        "mobile",
        "phone",
        "mobile phone",
        "cell phone",
        "phone number",
        "办公电话",
        "工作电话",
        "座机",
        "固定电话",
        "联系手机",
    ),
    *(
        "电话/微信",
        "手机/微信",
        "手机号/微信",
        "手机号码/微信",
        "联系电话/微信",
        "联系方式/微信",
        "微信/手机",
        "微信/电话",
    ),
    *(
        "微信/手机号",
        "微信号/手机号",
        "电话(微信)",
        "手机(微信)",
        "手机号(微信同号)",
        "电话及微信",
        "手机(微信同号)",
    ),
)
_HOMES = (
    *(
        "籍贯",
        "原籍",
        "祖籍",
        "老家",
        "户籍地",
        "户籍",
        "户籍所在地",
        "家乡",
        "所属乡镇",
        "乡镇",
        "乡(镇)",
        "籍贯乡镇",
        "籍贯(乡镇)",
    ),
    *(
        "家庭所在地",
        "籍贯所在乡镇",
        "家乡所在地",
        "家乡所在乡镇",
        "乡镇(街道)",
        "乡镇街道",
        "乡镇办",
        "乡(镇、办)",
        "籍贯地",
    ),
)

_GIVEN_PLAIN = frozenset(map(plain, _GIVEN))
_STRONG_NAMES = frozenset(map(plain, _NAMES[: _NAMES.index("负责人姓名")])) - _GIVEN_PLAIN
_CONTACT = re.compile(r"(?:联系人|联络人|联络员|对接人|秘书|助理)(?:姓名)?$")


def _settle(columns: list[str], fields: list[str], why: list[Taken]) -> tuple[list[str], list[Taken]]:
    """名字 beside 姓氏 is the given name; a full name in a column of its own beats both. A bare phone beside
    somebody else's name is that one's: 法定代表人 | 联系人 | 联系电话.
    """
    fields, why = list(fields), list(why)
    heads = [plain(column) for column in columns]
    named = fields.index("name") if "name" in fields else None
    if "surname" in fields and named is not None and heads[named] in _GIVEN_PLAIN:
        fields[named] = "given"
        named = next((index for index, head in enumerate(heads) if head in _STRONG_NAMES), None)
        if named is not None:
            fields[named], why[named] = "name", Taken.EXACT
    if named is not None or not ("surname" in fields and "given" in fields):
        for index, name in enumerate(fields):
            if name in ("surname", "given"):
                fields[index], why[index] = "", Taken.TWICE if named is not None else Taken.UNKNOWN
    for index in range(1, len(fields)):
        if fields[index] == "phone" and not fields[index - 1] and _CONTACT.search(heads[index - 1]):
            fields[index], why[index] = "", Taken.OTHERS
    return fields, why


#: the fields of a roster; ``others`` are columns that only say something of other people on purpose
KIND = Kind(
    fields=(
        Field("skip", _SKIPPED, ends=False, many=True, others=True),
        Field("name", _NAMES, shared=True),
        Field("surname", ("姓", "姓氏", "Last Name", "Family Name", "Surname"), ends=False),
        Field("given", _GIVEN, ends=False),
        Field("gender", ("性别", "男/女", "男女", "Gender", "Sex"), ditto=True),
        Field("wechat", ("微信", "微信号", "微信号码", "WeChat")),
        Field("phone", _PHONES, many=True),
        Field("home", _HOMES, ditto=True),
        Field(
            "village",
            ("村", "行政村", "所在村", "村庄", "村(社区)", "自然村", "籍贯村", "村名", "所属村"),
            ditto=True,
        ),
        Field(
            "birth",
            ("出生年月", "出生日期", "出生年月日", "生日", "出生", "出生时间", "Date of birth", "Born"),
        ),
        Field(
            "lives",
            (
                *(
                    "现居地",
                    "常住地",
                    "现居住地",
                    "居住地",
                    "所在城市",
                    "现居城市",
                    "现居住城市",
                    "居住城市",
                    "工作地",
                    "务工地",
                ),
                *("在外地点", "现住址", "所在地", "经商地", "工作所在地", "现工作地", "City"),
            ),
            ditto=True,
        ),
        Field(
            "employer_post",
            (
                *(
                    "单位及职务",
                    "工作单位及职务",
                    "现任职务",
                    "现工作单位及职务",
                    "单位职务",
                    "工作单位、职务",
                    "任职情况",
                    "任职",
                ),
                *("任职单位及职务", "单位和职务", "工作单位和职务", "单位与职务", "公司及职务", "企业及职务"),
            ),
            ditto=True,
        ),
        Field(
            "employer",
            (
                *(
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
                *(
                    "工作单位名称",
                    "现工作单位",
                    "任职单位",
                    "Company",
                    "Employer",
                    "Organization",
                    "Organization Name",
                ),
            ),
            ditto=True,
        ),
        Field(
            "title",
            (
                "职务",
                "职位",
                "职务职称",
                "公司职务",
                "企业职务",
                "职称",
                "Title",
                "Job Title",
                "Organization Title",
                "Position",
            ),
            ditto=True,
        ),
        Field(
            "chamber_title",
            ("商会职务", "会内职务", "商会任职", "协会职务", "商会内职务", "本会职务", "会中职务"),
            ditto=True,
        ),
        Field("credit_code", ("统一社会信用代码", "信用代码", "社会信用代码")),
        Field(
            "industry",
            (
                *(
                    "所属行业",
                    "行业",
                    "从事行业",
                    "产业",
                    "行业类别",
                    "主营业务",
                    "经营范围",
                    "干什么的",
                    "做什么的",
                    "从事职业",
                ),
                *("从业领域", "主要业务", "Industry"),
            ),
            ditto=True,
        ),
        Field(
            "scale",
            (
                *(
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
                "Annual output",
            ),
            amount=True,
        ),
        Field("tier", ("层级", "类别", "乡贤类别", "人员类别", "级别", "等级", "乡贤层级"), ditto=True),
        Field(
            "email",
            (
                "邮箱",
                "电子邮箱",
                "电子邮件",
                "主要电子邮件",
                "邮箱地址",
                "e-mail",
                "email",
                "email address",
                "e-mail 1 - value",
            ),
        ),
        Field("row_key", ("雁归行号(勿改)",), ends=False),
        Field(
            "note",
            (
                "备注",
                "说明",
                "情况说明",
                "返乡意愿",
                "主要事迹",
                "贡献",
                "社会职务",
                "社会任职",
                "注释",
                "Remark",
                "Note",
                "Notes",
            ),
            ditto=True,
            many=True,
        ),
    ),
    required=(("name",), ("surname", "given")),
    own=OWN_COLUMNS,
    settle=_settle,
)
FIELDS = tuple(KIND.by_name)


def field_of(heading: str) -> str:
    """The field a single heading names, or nothing."""
    found = KIND.match(heading).field
    return "" if found in ("surname", "given") else found


_CHAMBER = re.compile(r"([\u3400-\u9fff]{2,20}?(?:商会|协会|同乡会|校友会|联谊会))")


def chamber_in(title: str) -> str:
    """The chamber a list's title names: 深圳市濮阳商会会员名册 -> 深圳市濮阳商会."""
    match = _CHAMBER.search(title)
    return match[1] if match else ""
