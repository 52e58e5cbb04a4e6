import { either, usage } from '../../support/behaviours.ts'
import { configuration, say } from '../../support/config.ts'
import { invoicesOf, startJumping } from '../../support/next-month.ts'
import { startUpstream } from '../../support/upstream.ts'
import type { Rows } from './world.ts'

const MEMBERS = ['name', 'address', 'taxNumber'] as const
const VALUES = ['One', 'Two'] as const
const CALLS = ['createOrganization', 'updateOrganization'] as const

type Call = (typeof CALLS)[number]

/** For each way to say it, each member and each value: the receiver on the invoice of the month that has ended. */
async function receivers(): Promise<Map<string, unknown>> {
  const upstream = await startUpstream()
  upstream.on('billed', either(10, { usage: usage(0, 10) }))
  const gateway = await startJumping({ config: configuration(upstream, { billed: { price: { input: '0', output: '1000' } } }) })
  try {
    const organizations = new Map<string, string>()
    for (const call of CALLS)
      for (const member of MEMBERS)
        for (const value of VALUES) {
          const terms = { billTo: { [member]: value }, billing: { mode: 'arrears', creditLimit: '1.00' } }
          const made = await gateway.api.expect<{ id: string }>(201, 'POST', '/api/organizations', {
            name: 'Acme',
            ...(call === 'createOrganization' ? terms : {}),
          })
          if (call === 'updateOrganization') await gateway.api.expect(200, 'PATCH', `/api/organizations/${made.id}`, terms)
          const { key } = await gateway.api.key(await gateway.api.application(made.id, 'app'))
          await gateway.chat(key, { model: 'billed', max_tokens: 10, messages: say() })
          organizations.set(`${call} ${member} ${value}`, made.id)
        }
    gateway.signal('SIGUSR2')
    const invoices = [...organizations].map(async ([name, id]) => [name, (await invoicesOf(gateway, id))[0]?.['buyer']] as const)
    return new Map(await Promise.all(invoices))
  } finally {
    await gateway.stop()
    await upstream.close()
  }
}

/** Every row looks at the same month. */
let found: Promise<Map<string, unknown>> | undefined

/** To whom invoices are made out. */
export function billToRows(call: Call): Rows {
  const rows = MEMBERS.map((member) => {
    const see = async (_: unknown, value: unknown): Promise<unknown> =>
      (await (found ??= receivers())).get(`${call} ${member} ${String(value)}`)
    return [`billTo.${member}`, { a: VALUES[0], b: VALUES[1], see }]
  })
  return Object.fromEntries(rows) as Rows
}
