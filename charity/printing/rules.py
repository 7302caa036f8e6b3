"""What printing refuses."""

from charity.errors import Rule

RENDERER_BUSY = Rule("press.busy", "打印的人太多，请过 {seconds} 秒再试", 503)
RENDERING_FAILED = Rule("press.failed", "这份 PDF 没有做成，请过 {seconds} 秒再试；问题已记下", 503)
