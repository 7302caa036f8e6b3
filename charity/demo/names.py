"""Invented names from common surnames and characters; seeded, so that a day makes the same demo."""

import random

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡"
    "贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷"
    "钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰春梅建国志文海燕晓红云飞雪松林波鹏宇"
    "浩然欣怡子涵梓萱俊辉凤珍根水土生木金福贵祥瑞宁安康泰和顺"
)
FIRMS = (
    "恒溪纺织有限公司",
    "临溪新材料股份有限公司",
    "溪东粮油批发部",
    "临溪供销连锁有限公司",
    "和平里超市",
    "石梁茶业合作社",
    "白沙建材有限公司",
    "临溪青年商会",
    "双桥服装厂",
    "大溪口运输队",
)
VILLAGES = ("前村", "后村", "上坞村", "下坞村", "溪口村", "桥头村", "茶园村", "新建村")


def person(chance: random.Random) -> str:
    """A name of two or three characters."""
    return chance.choice(_SURNAMES) + "".join(chance.sample(_GIVEN, chance.choice((1, 2, 2))))


def phone(chance: random.Random) -> str:
    """A phone number of the range 199 0000 0000, which the demo never calls."""
    return f"1990000{chance.randrange(10_000):04d}"


def rounded_up(fen: int, step_fen: int = 1_000) -> int:
    """An amount rounded up to a step, as demo donors give their day's wage rounded up to 10 yuan."""
    return -(-fen // step_fen) * step_fen
