/**
 * Starts the Unleash Proxy, a server of feature flags (Apache-2.0), as its package is: on loopback, with the flags that a file names.
 * `node serve.mjs FLAGS KEY`; says on its output where it listens.
 */
import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
import { createApp } from '@unleash/proxy'

const [flags = '', key = ''] = process.argv.slice(2)

/** Where the proxy finds its flags: what an Unleash server would answer. */
const source = createServer((request, response) => {
  request.resume()
  response.setHeader('content-type', 'application/json')
  response.end(readFileSync(flags))
})

function listening(server) {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))
}

const app = createApp({
  unleashUrl: `http://127.0.0.1:${await listening(source)}/api`,
  unleashApiToken: '*:development.of-the-demonstration',
  clientKeys: [key],
  enableOAS: true,
})
const port = await listening(createServer(app))
process.stdout.write(`listening on ${port}\n`)
