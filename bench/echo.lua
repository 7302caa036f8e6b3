-- wrk: an empty JSON object, echoed.
require("result")
wrk.method = "POST"
wrk.body = "{}"
wrk.headers["Content-Type"] = "application/json"
