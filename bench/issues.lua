-- wrk: every request is a bag of salt against the next card. Args: token, key, file of cards, round, rounds.
require("result")
function init(args)
  n, key, cards = 0, args[2] .. "-", {}
  for card in io.lines(args[3]) do cards[#cards + 1] = card end
  first = math.floor(#cards * tonumber(args[4]) / tonumber(args[5]))  -- each round has cards of its own turn
  body_1, body_2 = '{"store":"LX01","card":"', '","lines":[{"barcode":"2002000900005","quantity":1}]}'
  head = "POST /api/v1/goods/issues HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " .. args[1] ..
    "\r\nContent-Type: application/json\r\nIdempotency-Key: "
end
function request()
  n = n + 1
  local body = body_1 .. (cards[first + n] or "") .. body_2
  return head .. key .. "out" .. n .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end
