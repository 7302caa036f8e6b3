-- wrk: every request is a delivery of three valued lines with a key of its own. Args: token, key.
require("result")
function init(args)
  n, key = 0, args[2] .. "-"
  body = '{"store":"LX01","source":"gift","donor":{"kind":"person","name":"测试捐赠人","phone":"19900001234"},"lines":[' ..
    '{"barcode":"2001000100002","quantity":20,"expires_on":"' .. os.date("!%Y-%m-%d", os.time() + 200 * 86400) ..
    '","unit_value_fen":2650,"evidence":"market"},{"barcode":"2002000900005","quantity":50,"unit_value_fen":250,' ..
    '"evidence":"market"},{"barcode":"2004002600006","quantity":30,"unit_value_fen":690,"evidence":"market"}]}'
  head = "POST /api/v1/goods/intakes HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " .. args[1] ..
    "\r\nContent-Type: application/json\r\nContent-Length: " .. #body .. "\r\nIdempotency-Key: "
end
function request()
  n = n + 1
  return head .. key .. n .. "\r\n\r\n" .. body
end
