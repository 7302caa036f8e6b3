-- wrk: every request is a new gift with a key of its own. What can be said once is said once, because wrk shares
-- the two cores with the server; answers of 400 and above count as errors, and bench/gifts.py counts the journal.
require("result")
local thread = 0
function setup(t) t:set("id", thread); thread = thread + 1 end
function init(args)
  n = 0
  key = args[2] .. "-" .. id .. "-"
  body_1 = '{"campaign":"one-day-2026","received_on":"' .. os.date("!%Y-%m-%d", os.time() + 8 * 3600) ..
    '","channel":"wechat","donor":{"kind":"person","name":"测试捐赠人","phone":"19900001234"},"amount_fen":'
  body_2, body_3 = ',"confirmed_amount_fen":', ',"channel_ref":"'  -- one giver: soon more a day than is typed once
  head = "POST /api/v1/donations HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " .. args[1] ..
    "\r\nContent-Type: application/json\r\nIdempotency-Key: "
end
function request()
  n = n + 1
  local fen = 100 + n % 9900
  local body = body_1 .. fen .. body_2 .. fen .. body_3 .. key .. n .. '"}'
  return head .. key .. n .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end
