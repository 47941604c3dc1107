// Asks an endpoint with sparql-http-client: node asking.js ENDPOINT, the questions as JSON on stdin.
import ParsingClient from 'sparql-http-client/ParsingClient.js'
import SimpleClient from 'sparql-http-client/SimpleClient.js'
import StreamClient from 'sparql-http-client/StreamClient.js'

const endpointUrl = process.argv[2]
let given = ''
for await (const piece of process.stdin) given += piece
const { rows, yes, no, graph, wrong, endless } = JSON.parse(given)

/** The labels of rows, or of the statements of a graph, with their languages. */
const labels = (terms) => terms.map((term) => [term.value, term.language]).sort()

/** What a promise was refused with, or nothing. */
const fault = (promise) => promise.then(() => '', (error) => error.message)

const parsing = new ParsingClient({ endpointUrl })
const streamed = []
for await (const row of new StreamClient({ endpointUrl }).query.select(rows)) streamed.push(row.label)
const simple = await new SimpleClient({ endpointUrl }).query.select(rows)

process.stdout.write(JSON.stringify({
  parsed: labels((await parsing.query.select(rows)).map((row) => row.label)),
  posted: labels((await parsing.query.select(rows, { operation: 'postDirect' })).map((row) => row.label)),
  urlencoded: labels((await parsing.query.select(rows, { operation: 'postUrlencoded' })).map((row) => row.label)),
  streamed: labels(streamed),
  simple: labels((await simple.json()).results.bindings.map(({ label }) => ({ value: label.value, language: label['xml:lang'] }))),
  graph: labels([...await parsing.query.construct(graph)].map((quad) => quad.object)),
  booleans: [await parsing.query.ask(yes), await parsing.query.ask(no)],
  wrong: await fault(parsing.query.select(wrong)),
  stopped: await fault(new ParsingClient({ endpointUrl: `${endpointUrl}?timeout=0.3` }).query.select(endless)),
}))
