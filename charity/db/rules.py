"""What can be wrong with a database and what it stands on, in words: for commands, `/readyz`, `check` and `verify`."""

from charity.errors import Rule

KEYS_WRONG = Rule(
    "keys.wrong",
    "密钥与这个数据库不符：{settings}。请换回原来的密钥；用别的密钥，已加密的资料打不开，新旧资料也对不上",
    503,
)
NOT_MIGRATED = Rule("database.not_migrated", "数据库还缺 {count} 个建表步骤（{first}…）：请先运行 charity migrate", 503)
NOT_SEEN = Rule("health.not_seen", "无法查看：{error}", 503)
NOT_WRITING = Rule(
    "writing.stopped_here",
    "已停止办理（{why}）：公开页面和查询照常，新的业务要等排除原因、重新启动之后",
    503,
)
TASKS_FAILING = Rule("tasks.failing", "后台任务反复中断：{tasks}", 503)
DISK_SHORT = Rule("disk.short", "磁盘快满了：{folder} 只剩 {free_mb} MB（{percent} %），请尽快腾出空间", 503)
CHECKPOINT_OLD = Rule("checkpoint.old", "数据库文件已有 {minutes} 分钟没有更新，WAL 有 {wal_mb} MB（{error}）", 503)
FILE_GONE = Rule(
    "database.file_gone",
    "数据库文件 {path}（或它的 -wal）在运行中被移走、删除或换成了另一个：已停止办理。请停止服务，放回原来的文件",
    503,
)
DAMAGED = Rule("database.damaged", "数据库文件有损坏（{count} 处，例如 {first}）：请停止使用，从备份恢复", 503)
JOBS_LATE = Rule("jobs.late", "后台任务排队太久：最早的一件已等 {minutes} 分钟（charity work 没有在运行？）", 503)
