"""Which words may be a personal name: 百家姓 and the compound surnames."""

import re

from outreach.core.han import simplified
from outreach.core.masking import COMPOUND_SURNAMES

#: single surnames of 百家姓 and of the hundred most frequent ones, simplified
SINGLE = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
    "鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄"
    "和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭"
    "梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚"
    "程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫"
    "宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴鬱胥能苍双"
    "闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍郤璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容"
    "向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空"
    "曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公付肖代闫岳尉区覃员冼谌召黑种牟车万郇呙邸仝苑佟涂"
    "亢母晋楚仉督岳帅缑亢况有琴商牟佘伯赏墨哈谯笪年爱阳佟言福原杲庹补门邝辜植展院朴南么"
)
#: words of an office that begin with a surname and are nobody's name
_LISTED = (
    "项目 项目部 项目方 方案 方式 方面 方向 高新 高新区 高度 华龙 华龙区 南乐 南乐县 台前 "
    "清丰 濮阳 安排 安全 时间 时限 金额 金融 温州 计划 计算 成立 成果 成本 单位 单项 "
    "何时 于是 党委 党组 强化 支持 支付 支部 管理 房屋 路线 路演 司法 师范 文化 文件 "
    "文旅 步骤 都市 商会 商务 商务局 全部 全面 向上 向前 后续 查询 相关 相应 车间 车辆 "
    "万元 水利 水电 松散 常务 常委 平台 和谐 别的 元旦 包装 江苏 江西 广东 广西 山东 "
    "山西 云南 海南 康养 农业 农村 农民 牛肉 石化 石油 巩固 空间 红线 公司 公告 公示 "
    "公安"
)
_WORDS = frozenset(_LISTED.split())
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}")


def is_personal(name: str) -> bool:
    """Whether ``name`` is two to four Han characters that begin with a known surname, with a given name."""
    if not _HAN.fullmatch(name):
        return False
    plain = simplified(name)
    return plain not in _WORDS and _begins_with_surname(plain)


def _begins_with_surname(plain: str) -> bool:
    """``plain``: simplified."""
    return plain[0] in SINGLE or (len(plain) > 2 and plain[:2] in COMPOUND_SURNAMES)
