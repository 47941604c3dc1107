-- Asks for the addresses of a file in turn, and prints what was measured as JSON.
-- https://github.com/wg/wrk/blob/master/SCRIPTING
local addresses = {}
for line in io.lines(os.getenv("ADDRESSES")) do
   addresses[#addresses + 1] = line
end
local number = 0
local threads = 0

function setup(thread)
   thread:set("first", threads * 7919)
   threads = threads + 1
end

function init(args)
   number = first
   wrk.headers["Accept"] = "text/html,application/xhtml+xml"
   wrk.headers["Accept-Encoding"] = "gzip"
end

function request()
   number = number + 1
   return wrk.format("GET", addresses[number % #addresses + 1])
end

function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format(
      '\n{"requests": %d, "microseconds": %d, "p95": %d, "failed": %d}\n',
      summary.requests, summary.duration, latency:percentile(95),
      errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
