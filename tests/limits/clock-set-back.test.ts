import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atTimes } from '../support/at-times.ts'
import { either } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { header } from '../support/http.ts'
import { startUpstream } from '../support/upstream.ts'
import { eventually } from '../support/wait.ts'

test('a rate goes on where the clock of the machine is set back: who waited is served again', async () => {
  const upstream = await startUpstream()
  upstream.on('plain', either(1))
  const config = configuration(upstream, { plain: {} })
  try {
    await atTimes('SQLite', config, ['2028-03-01T12:00:00Z', '2028-03-01T06:00:00Z'], async ({ gateway, jump }) => {
      const { key } = await gateway.customer('1.00', { limits: [{ kind: 'requests', amount: 1, per: 'second' }] })
      const call = () => gateway.chat(key, { model: 'plain', max_tokens: 1, messages: say() })
      await jump()
      const refusal = await eventually(async () => {
        const answer = await call()
        assert.equal(answer.status, 429)
        return answer
      })
      assert.match(header(refusal, 'faregate-denial') ?? '', /^rate_limited;/)
      await eventually(async () => assert.equal((await call()).status, 200))
    })
  } finally {
    await upstream.close()
  }
})
