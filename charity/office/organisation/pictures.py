"""A payment code as somebody sends it: a picture of it, or what is written in it. Only the text goes on."""

from typing import Final

from charity.errors import FieldError, unreadable
from charity.printing import qr_pictures
from charity.printing.qr_pictures import BYTES_MAX, PIXELS_MAX, Fault, Unread

WORDS: Final = {
    Fault.KIND: "请选 PNG 或 JPEG 图片",
    Fault.BYTES: "图片最大 {megabytes} MB，请另存小一点的",
    Fault.PIXELS: "图片最大 {megapixels} 百万像素，请另存小一点的",
    Fault.BROKEN: "这张图片打不开，请换一张",
    Fault.NONE: "图里没有找到二维码，请只留二维码，拍正、拍清楚",
    Fault.SEVERAL: "图里不止一个二维码，请裁成只有一个",
}
_FACTS: Final = (("megabytes", BYTES_MAX >> 20), ("megapixels", PIXELS_MAX // 1_000_000))


async def text_of(image: bytes, typed: str) -> str:
    """What the code says: of the picture where there is one, else what was typed. Raises field errors."""
    typed = typed.strip()
    if not image:
        return typed
    try:
        text = await qr_pictures.read(image)
    except Unread as unread:
        raise unreadable(FieldError("picture", WORDS[unread.fault], _FACTS)) from None
    if typed not in {"", text}:
        raise unreadable(FieldError("picture", "图里的码和填写的内容不一样，请只用一种"))
    return text
