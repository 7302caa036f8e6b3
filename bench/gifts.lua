-- wrk: every request is a new gift with a key of its own; the answer must be 201.
local thread = 0
function setup(t) t:set("id", thread); thread = thread + 1 end
function init(args)
  math.randomseed(id * 7919 + os.time())
  token = args[1]; run = args[2]; n = 0; bad = 0
  head = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }
end
function request()
  n = n + 1
  local key = run .. "-" .. id .. "-" .. n
  head["Idempotency-Key"] = key
  local body = '{"campaign":"one-day-2026","amount_fen":' .. (100 + n % 9900) ..
    ',"received_on":"' .. os.date("!%Y-%m-%d", os.time() + 8 * 3600) .. '","channel":"wechat","channel_ref":"' .. key ..
    '","donor":{"kind":"person","name":"测试捐赠人","phone":"19900001234"}}'
  return wrk.format("POST", "/api/v1/donations", head, body)
end
function response(status) if status ~= 201 then bad = bad + 1 end end
function done(summary, latency, requests)
  io.write(string.format("RESULT requests=%d errors=%d seconds=%.3f p50_ms=%.2f p99_ms=%.2f\n", summary.requests,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
