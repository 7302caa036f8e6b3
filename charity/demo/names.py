"""Invented names, given names by generation; seeded, so that a day makes the same demo. No firm here is a supplier."""

import random

from charity.demo import tables

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡"
    "贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷"
    "钱汤尹黎易常武乔贺赖龚文"
)
ADULTS, YOUNG = (
    tuple(row["name"] for row in tables.rows("given_names") if row["generation"] == generation)
    for generation in ("adult", "young")
)
FIRMS = tuple(row["name"] for row in tables.rows("firms"))
VILLAGES = ("前村", "后村", "上坞村", "下坞村", "溪口村", "桥头村", "茶园村", "新建村")
PHONES = 10_000


def adult(chance: random.Random) -> str:
    """The name of somebody born before 1990."""
    return chance.choice(_SURNAMES) + chance.choice(ADULTS)


def young(chance: random.Random) -> str:
    """The name of a pupil, a student or a young giver."""
    return chance.choice(_SURNAMES) + chance.choice(YOUNG)


def person(chance: random.Random) -> str:
    """A name of either generation: three givers of four are adults of the older one."""
    return adult(chance) if chance.random() < 0.75 else young(chance)  # noqa: PLR2004 - a share


def phone(n: int) -> str:
    """The nth phone number of the range 199 0000 0000, which the demo never calls; a number is one person's."""
    assert 0 <= n < PHONES, n
    return f"1990000{n:04d}"
