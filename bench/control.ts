/**
 * What a gateway is compared with: the barest proxy that Node makes, `node control.ts PORT-OF-UPSTREAM`. It checks
 * nothing, meters nothing and keeps nothing. Prints its port.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'

const pool = new Pool(`http://127.0.0.1:${process.argv[2]}`, { connections: 256 })

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const { host: _host, connection: _connection, ...headers } = request.headers
  pool
    .stream({ path: request.url ?? '/', method: 'POST', headers, body: request }, ({ statusCode, headers: answered }) => {
      const { connection: _closed, 'transfer-encoding': _chunked, 'keep-alive': _kept, ...kept } = answered
      response.writeHead(statusCode, kept)
      return response
    })
    .catch(() => response.destroy())
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
