"""People and companies that do not exist, always the same ones for the same seed. Their numbers reach nobody."""

import random

SURNAMES = (
    "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕 苏 卢 蒋 蔡 贾 丁 魏 薛 叶 阎 "
    "余 潘 杜 戴 夏 钟 汪 田 任 姜 范 方 石 姚 谭 廖 邹 熊 金 陆 郝 孔 白 崔 康 毛 邱 秦 江 史 顾 侯 邵 孟 龙 万 段 雷 钱 汤 尹 黎 易 常 武 乔 贺 赖 龚 文 "
    "单 仇 解 查 盖 区 覃 缪 逯 晁 仝 苌 亓 欧阳 司马 尉迟 上官"
).split()
GIVEN = (
    "建国 建军 志强 秀英 桂英 丽 伟 敏 静 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀兰 霞 平 刚 桂兰 鹏 红梅 雪 飞 玉兰 凯 浩 宇 慧 婷 建华 海燕 国强 文博 思远 "
    "俊杰 晓东 永刚 春生 庆丰 传志 少华 瑞 琳 倩 雪梅 利民 保国 守信 德胜 广义 新民 万里 长青 振华 启明 志远 云 鑫 波 斌 辉 帆 莹 佳 晨 旭 楠"
).split()
_WORDS = "华 鼎 盛 龙 源 恒 泰 瑞 丰 达 信 诚 博 远 宏 创 新 金 豫 中 原 濮 澶 鸿 嘉 安 润 鑫 众 立".split()
_TRADES = {
    "建筑工程": "E", "装饰材料": "F", "物流": "G", "餐饮管理": "H", "软件科技": "I", "服饰": "C", "医疗器械": "C", "农业开发": "A",
    "教育咨询": "P", "商贸": "F", "环保科技": "M", "机械制造": "C", "家政服务": "O", "食品": "C", "新材料": "C", "文化传媒": "R",
}  # fmt: skip
#: (province, city, weight)
CITIES = (
    ("广东省", "深圳市", 16), ("广东省", "广州市", 6), ("北京市", "北京市", 12), ("上海市", "上海市", 11), ("浙江省", "杭州市", 6), ("江苏省", "苏州市", 5),
    ("河南省", "郑州市", 9), ("天津市", "天津市", 5), ("山东省", "青岛市", 4), ("湖北省", "武汉市", 4), ("陕西省", "西安市", 4), ("四川省", "成都市", 4),
    ("重庆市", "重庆市", 4), ("山西省", "太原市", 3), ("新疆维吾尔自治区", "乌鲁木齐市", 3), ("河北省", "石家庄市", 3), ("福建省", "厦门市", 1),
)  # fmt: skip
VILLAGES = "东李庄村 西张庄村 前王楼村 后赵村 陈屯村 小马庄村 高固村 南孟村 北孙村 刘堤口村 吴家村 辛庄村".split()
TITLES = ("董事长", "总经理", "副总经理", "经理", "法人", "负责人", "执行董事")


class Invented:
    """A deterministic source of people and companies."""

    def __init__(self, seed: int):
        self.dice = random.Random(seed)  # noqa: S311 - not for secrets
        self._numbers: set[str] = set()

    def name(self) -> str:
        """A name; the common surnames come up more often."""
        index = min(int(self.dice.expovariate(1 / 28)), len(SURNAMES) - 1)
        return SURNAMES[index] + self.dice.choice(GIVEN)

    def mobile(self) -> str:
        """154... or 144...: passes every check, assigned to nobody."""
        while True:
            number = (
                self.dice.choice(("154", "144")) + f"{self.dice.randrange(10**8):08d}"
            )
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def company(self, city: str) -> tuple[str, str]:
        """(name, industry section)."""
        trade, letter = self.dice.choice(list(_TRADES.items()))
        return (
            f"{city.removesuffix('市')}{self.dice.choice(_WORDS)}{self.dice.choice(_WORDS)}{trade}有限公司",
            letter,
        )

    def city(self) -> tuple[str, str]:
        """(province, city)."""
        province, city, _weight = self.dice.choices(
            CITIES, weights=[weight for *_place, weight in CITIES]
        )[0]
        return province, city

    def values(self, home_code: str, tier: int) -> dict:
        """One person as the register takes them."""
        province, city = self.city()
        company, industry = self.company(city)
        year = self.dice.randrange(1955, 1999)
        posts = (
            [[company, self.dice.choice(TITLES)]] if self.dice.random() > 0.04 else []
        )
        return {
            "name": self.name(), "gender": self.dice.choice("男男女"), "birth": f"{year}-{self.dice.randrange(1, 13):02d}", "home_code": home_code,
            "home_village": self.dice.choice(VILLAGES), "province": province, "city": city, "lives_raw": city, "industry": industry if posts else "",
            "scale_wan": str(self.dice.randrange(5, 900) * 10), "scale_stated": "", "wechat": "", "email": "", "note": "", "tier": tier,
            "mobiles": [self.mobile()] if self.dice.random() > 0.03 else [], "landlines": [], "posts": posts,
        }  # fmt: skip
