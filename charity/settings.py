"""Settings from the environment or a `.env` file. Names are the contract's; see docs/running.md.

Outside the demo both keys are required: a missing or short one means no start. The demo makes its
own in the data folder (`demo.env`), so that the second start can read what the first one sealed.
"""

import base64
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_MIN = 32
KEY_BYTES = 32


class SettingsError(Exception):
    """A setting is missing or cannot be used; the words name it."""


class Settings(BaseSettings):
    """Everything that can be configured from outside."""

    model_config = SettingsConfigDict(env_prefix="CHARITY_", env_file=".env", extra="ignore")

    database_url: str = Field(
        "sqlite://var/charity.db", description="数据库：sqlite://路径 或 postgres://…；默认在数据目录里"
    )
    data_dir: Path = Field(Path("var"), description="数据目录：数据库、锁、导出文件")
    migrate_url: str = Field("", description="建表用的数据库账号；默认与 CHARITY_DATABASE_URL 相同")
    secret_key: str = Field("", description="签名密钥，至少 32 个字符")
    data_keys: str = Field("", description="加密密钥 id:base64,…；第一把加密，其余只读")
    public_url: str = Field("http://127.0.0.1:8000", description="印在二维码里的网址")
    refund_earlier_year: Literal["3201", "4101"] = Field(
        "3201", description="因外部原因退还以前年度捐赠时记入的科目：3201 以前年度净资产调整，或 4101 冲减本年捐赠收入"
    )
    trusted_proxies: str = Field("", description="可信反向代理的地址，逗号分隔")

    @model_validator(mode="after")
    def _beside_the_rest(self) -> Self:
        """A database that nobody named lies in the data folder."""
        if "database_url" not in self.model_fields_set:
            self.database_url = f"sqlite://{self.data_dir / 'charity.db'}"
        return self

    @property
    def postgres(self) -> bool:
        """Whether the books live in PostgreSQL."""
        return self.database_url.startswith(("postgres://", "postgresql://"))

    @property
    def sqlite_path(self) -> Path:
        """The SQLite file, absolute: the process that writes it starts in another folder."""
        path = self.database_url.removeprefix("sqlite://")
        return Path("/" + path.lstrip("/")) if path.startswith("//") else Path(path).absolute()

    def lock_path(self, name: str) -> Path:
        """The file of a lock (`open`, `write`, `serve`) on the SQLite database: beside it, whatever the data folder is.

        Who comes to the same database with other settings has to meet the same locks.
        """
        return self.sqlite_path.resolve().with_suffix(f".{name}")

    @property
    def secure(self) -> bool:
        """Whether the public address is https."""
        return self.public_url.startswith("https://")

    def keyring(self) -> dict[str, bytes]:
        """The data keys by id, the encrypting one first; SettingsError when unusable."""
        ring: dict[str, bytes] = {}
        for part in filter(None, (p.strip() for p in self.data_keys.split(","))):
            name, _, text = part.partition(":")
            try:
                key = base64.b64decode(text, validate=True)
            except ValueError as error:
                msg = f"CHARITY_DATA_KEYS：密钥“{name}”不是 base64"
                raise SettingsError(msg) from error
            if len(key) != KEY_BYTES or not name.isalnum() or len(name) > 8:  # noqa: PLR2004 - the id fits the sealed header
                msg = f"CHARITY_DATA_KEYS：密钥“{name}”要有 1–8 个字母或数字的编号，密钥本身 32 字节"
                raise SettingsError(msg)
            ring[name] = key
        if not ring:
            msg = "缺少 CHARITY_DATA_KEYS（编号:32 字节的 base64）"
            raise SettingsError(msg)
        return ring

    def require_keys(self) -> None:
        """Refuse to go on without usable keys."""
        if len(self.secret_key) < SECRET_MIN:
            msg = f"缺少 CHARITY_SECRET_KEY，或不足 {SECRET_MIN} 个字符"
            raise SettingsError(msg)
        self.keyring()


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    chosen = Settings()
    demo_env = chosen.data_dir / "demo.env"
    if demo_env.exists() and not (chosen.secret_key or chosen.data_keys):
        chosen = Settings(_env_file=(".env", demo_env))
    return chosen


def reset() -> None:
    """Forget the settings that were read; tests and the demo call it after changing them."""
    settings.cache_clear()


def make_demo_keys(data_dir: Path) -> None:
    """Write keys for the demo into the data folder, once, readable by the owner only."""
    path = data_dir / "demo.env"
    if path.exists():
        return
    data_dir.mkdir(parents=True, exist_ok=True)
    key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    path.touch(mode=0o600)
    path.write_text(f"CHARITY_SECRET_KEY={secrets.token_hex(32)}\nCHARITY_DATA_KEYS=demo:{key}\n", encoding="utf-8")
