import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { createLog, whileRead } from '../src/log/log.ts'

test('when the reader of the log is gone, nothing more is written and nothing is thrown', () => {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream & PassThrough
  let written = 0
  stream.on('data', () => {
    written += 1
  })
  const log = createLog('info', whileRead(stream))
  log.info('one')
  stream.emit('error', new Error('write EPIPE'))
  log.info('two')
  assert.equal(written, 1)
})
