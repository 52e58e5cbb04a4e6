import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { NodeOutbound } from '../src/index.ts'

test('an answer to a caller who left before it was begun ends at once, as one that nobody took', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const arriving = once(server, 'request') as Promise<[unknown, ServerResponse]>
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf')
  const [, response] = await arriving
  const closed = once(response, 'close')
  socket.destroy()
  await closed
  const outbound = new NodeOutbound(response)
  assert.equal(outbound.closed, true)
  let told = false
  outbound.onGone(() => {
    told = true
  })
  assert.equal(told, true)
  outbound.head(400, {})
  assert.equal(await outbound.end(Buffer.from('too late')), false)
  server.close()
})
