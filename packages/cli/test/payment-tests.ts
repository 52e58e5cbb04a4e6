import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Said } from './support.ts'

interface Shell {
  does: (...args: string[]) => Promise<Said>
  runs: (...args: string[]) => Promise<Said>
  answered: <T>(...args: string[]) => Promise<T>
}

/** Commands of vouchers and webhooks. */
export function paymentTests({ does, runs, answered }: Shell): void {
  test('a voucher is made, redeemed once, and listed with its end; another is withdrawn', async () => {
    const { id } = await answered<{ id: string }>('org', 'create', 'holder')
    const { code } = await answered<{ code: string }>('voucher', 'create', '2.50', '--expires', '12w')
    assert.match((await does('voucher', 'redeem', code, 'holder')).stdout, /^gr_\w+: holder got 2.50\.$/m)
    assert.equal((await answered<{ available: string }>('balance', id)).available, '2.50')
    const again = await runs('voucher', 'redeem', code, 'holder')
    assert.equal(again.code, 1)
    assert.match(again.stderr, /was redeemed before.*\(voucher_unusable\)[^]*→/)
    const said = await does('voucher', 'create', '1')
    const [, spare = ''] = /^fgv_\w{38}\n(vo_\w+) is worth 1\.00 until /.exec(said.stdout) ?? []
    await does('voucher', 'withdraw', spare)
    const listed = await does('voucher', 'list')
    assert.match(listed.stdout, new RegExp(`^${spare} .*1\\.00 +withdrawn`, 'm'))
    assert.match(listed.stdout, new RegExp(`2\\.50 +redeemed +${id}`))
    assert.ok(!listed.stdout.includes(code))
  })

  test('a webhook is made, tested, replayed and removed', async () => {
    const said = await does('webhook', 'create', 'http://127.0.0.1:9/hook', '--event', 'balance.low', '--balance-below', '1.00')
    const [, id = ''] = /^whsec_\S+\n(we_\w+) calls /.exec(said.stdout) ?? []
    const { event } = await answered<{ event: string }>('webhook', 'test', id)
    assert.match((await does('webhook', 'deliveries', id)).stdout, new RegExp(`^${event}  webhook\\.test`, 'm'))
    assert.match((await does('webhook', 'replay', id, '--event', event)).stdout, /^1 on their way/)
    assert.match((await does('webhook', 'list')).stdout, new RegExp(`^${id} .* balance\\.low +every one +on$`, 'm'))
    await does('webhook', 'delete', id)
    assert.equal((await runs('webhook', 'create', 'http://127.0.0.1:9/hook', '--event', 'nothing')).code, 2)
  })
}
