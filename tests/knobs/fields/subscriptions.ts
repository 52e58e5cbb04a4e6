import { take, type Taken, type Taking } from './plans.ts'
import { fromNow, type FieldWorld, type Row, type Rows } from './world.ts'

const EXCLUSIVE = { exclusive: true }
const ASKED: Taking = { plan: { ...EXCLUSIVE, approval: true }, subscription: { reason: 'at first' } }

const code = async ({ call }: Taken): Promise<string> => (await call()).code
const detail = async ({ call, plan }: Taken): Promise<string> => (await call()).detail.replaceAll(plan, 'the plan')

/** A field of a new subscription with a value. */
function made(name: string, a: unknown, b: unknown, see: (taken: Taken) => Promise<unknown>, taking: Taking = {}): Record<string, Row> {
  const run: Row['see'] = async (world, value) =>
    see(await take(world, { ...taking, subscription: { ...taking.subscription, [name]: value } }))
  return { [name]: { a, b, see: run } }
}

/** What becomes of a subscription after calls on it. */
async function after(taken: Taken, path: string, ...bodies: object[]): Promise<Taken> {
  for (const body of bodies)
    await taken.world.api.expect(201, 'POST', `/api/subscriptions/${String(taken.subscription['id'])}/${path}`, body)
  return taken
}

/** A plan beside the one that is taken. */
async function otherPlan(world: FieldWorld): Promise<string> {
  const name = world.fresh('other')
  await world.api.expect(201, 'POST', '/api/plans', { name, price: '0.20', period: 'month', models: ['other'] })
  return name
}

/** What becomes of a call of the model of the plan, once it is changed. */
async function codeAfter(taken: Taken, body: object): Promise<string> {
  return code(await after(taken, 'plan', body))
}

/** Every field of the calls that make a subscription and happen to it. */
export const SUBSCRIPTION_ROWS: Record<string, Rows> = {
  createSubscription: {
    plan: {
      a: true,
      b: false,
      see: async (world, wanted) =>
        code(await take(world, { plan: EXCLUSIVE, subscription: wanted === true ? {} : { plan: await otherPlan(world) } })),
    },
    ...made('reason', 'a', 'b', detail, { plan: { ...EXCLUSIVE, approval: true } }),
    ...made('renews', true, false, code, {
      plan: { ...EXCLUSIVE, graceDays: 0 },
      subscription: { paidUntil: fromNow(-1) },
      credit: '0.05',
    }),
    ...made('startedAt', fromNow(0), fromNow(-30), code, { plan: { ...EXCLUSIVE, trialDays: 14 }, credit: '0.05' }),
    ...made('paidUntil', fromNow(9), fromNow(-9), code, { plan: EXCLUSIVE, credit: '0.05' }),
  },
  updateSubscription: {
    event: {
      a: 'pause',
      b: 'cancel',
      see: async (world, event) =>
        code(await after(await take(world, { plan: EXCLUSIVE }), 'events', event === 'cancel' ? { event, at: 'now' } : { event })),
    },
    at: {
      a: 'now',
      b: 'period_end',
      see: async (world, at) => code(await after(await take(world, { plan: EXCLUSIVE }), 'events', { event: 'cancel', at })),
    },
    reason: {
      a: 'until June',
      b: 'for research',
      see: async (world, reason) => {
        const rejected = await after(await take(world, ASKED), 'decision', { decision: 'reject', reason: 'say more' })
        return detail(await after(rejected, 'events', { event: 'reapply', reason }))
      },
    },
  },
  decideSubscription: {
    decision: {
      a: 'approve',
      b: 'reject',
      see: async (world, decision) => code(await after(await take(world, ASKED), 'decision', { decision, reason: 'as it is' })),
    },
    reason: {
      a: 'too short',
      b: 'too long',
      see: async (world, reason) => detail(await after(await take(world, ASKED), 'decision', { decision: 'reject', reason })),
    },
  },
  changeSubscription: {
    plan: {
      a: true,
      b: false,
      see: async (world, same) => {
        const taken = await take(world, { plan: EXCLUSIVE })
        return codeAfter(taken, { plan: same === true ? taken.plan : await otherPlan(world) })
      },
    },
    preview: {
      a: true,
      b: false,
      see: async (world, preview) => codeAfter(await take(world, { plan: EXCLUSIVE }), { plan: await otherPlan(world), preview }),
    },
  },
}
