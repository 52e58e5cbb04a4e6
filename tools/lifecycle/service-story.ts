import { eventually } from '../support/eventually.ts'
import type { Answer, Story } from './story.ts'
import type { World } from './world.ts'

/** Headers of canaries and marks of releases. */
const NEXT = { 'X-Try': 'next' }
const MARK = 'x-flags-release'

interface Refusal {
  code: string
  fixes?: { url?: string }[]
}

/** A service of somebody else from its document to its retirement. */
export async function serviceStory(story: Story, world: World): Promise<void> {
  await designed(story, world)
  await sold(story, world)
  await paid(story, world)
  await changed(story, world)
  await ended(story, world)
}

const bodyOf = (answer: Answer): Record<string, unknown> => JSON.parse(answer.text) as Record<string, unknown>

async function designed(story: Story, { service, publisher, consumer }: World): Promise<void> {
  story.step(`The publisher has the Unleash Proxy, a server of feature flags, at ${service.url}, and imports the document that it serves.`)
  const imported = await story.command('api import flags openapi.json', publisher)
  story.check('each operation of the document became a route', /^1\d routes: 1\d new/m.test(imported))

  story.step('What is sold, and for how much, is the publisher’s to say; where the service is, and its key, callers never see.')
  const secret = { ...publisher, environment: { FLAGS_KEY: service.key } }
  await story.command(
    `api edit flags --upstream ${service.url} --secret-header authorization --secret-from FLAGS_KEY --price "GET /proxy 0.004" --price "POST /proxy 0.004" --price "GET /proxy/health free"`,
    secret,
  )

  story.step('A consumer tries the draft before anything is in force: the mock answers by the document alone, for nothing.')
  const draft = await story.command('api draft flags', publisher)
  const document = /doc_\w+/.exec(draft)?.[0] ?? ''
  const mocked = await story.call('GET /mock/flags/proxy?userId=ada', consumer, { Prefer: `document=${document}` })
  story.check('the mock answered with flags, at no charge', mocked.status === 200 && mocked.headers.get('faregate-cost') === '0.00')

  story.step('The publisher publishes. The doctor looks first, and refuses what would have callers refused by mistake.')
  const refused = await story.command('api publish flags', publisher, { fails: true })
  story.check('routes without a price are told by name', refused.includes('price_missing'))
  await story.command('api edit flags --price "* free"', publisher)
  const off = ['GET /proxy/all', 'POST /proxy/all', 'GET /proxy/client/features', 'GET /proxy/internal-backstage/prometheus']
  await story.command(`api edit flags ${off.map((route) => `--off "${route}"`).join(' ')}`, publisher)

  story.step('A call is saved, with what it must answer, and is made before each release.')
  const calls = [{ name: 'ada', method: 'GET', path: '/proxy?userId=ada', expect: { status: 200, present: ['/toggles/0/name'] } }]
  await story.command(`api edit flags --set 'checks=${JSON.stringify({ beforePublish: true, calls })}'`, publisher)
  const tested = await story.command('api test flags --against upstream --draft', publisher, { fails: 'perhaps' })
  story.check('the service answers what the saved call expects', /[1-9]\d* calls passed/.test(tested))
  const published = await story.command('api publish flags --note "the first"', publisher)
  story.check('release 1 is in force', published.includes('Release 1 of flags is in force'))
}

async function sold(story: Story, { publisher, consumer }: World): Promise<void> {
  story.step('It is sold by a plan, to whom the publisher approves.')
  await story.command('plan create flags-plan --price 0 --period free --api flags --exclusive --approval', publisher)
  const refused = await story.call('GET /flags/proxy?userId=ada', consumer)
  const { code } = bodyOf(refused)
  story.check('without a subscription: 403, and the plan is named', code === 'approval_required' && refused.text.includes('flags-plan'))

  story.step('The consumer subscribes, and the publisher approves.')
  const asked = await story.command(`subscription create ${consumer.organization} flags-plan --reason "for our shop"`, consumer)
  const waiting = await story.call('GET /flags/proxy?userId=ada', consumer)
  story.check('until then nothing is served', waiting.status === 403)
  const subscription = /sub_\w+/.exec(asked)?.[0] ?? ''
  await story.command(`subscription approve ${subscription}`, publisher)
}

async function paid(story: Story, { operator, consumer, client }: World): Promise<void> {
  story.step('The operator puts one cent on the consumer’s balance. Two calls are served; for the third it does not reach.')
  await story.command(`grant ${consumer.organization} 0.01 --reason "one cent to begin with"`, operator)
  const first = await story.call('GET /flags/proxy?userId=ada', consumer)
  story.check('the flag is on for ada', first.status === 200 && first.text.includes('new-checkout'))
  story.check('a call cost 0.004', first.headers.get('faregate-cost') === '0.004')
  await story.call('GET /flags/proxy?userId=eve', consumer)
  const refused = await story.call('GET /flags/proxy?userId=ada', consumer)
  const { code, fixes } = bodyOf(refused) as unknown as Refusal
  story.check('402 insufficient_balance, and a link to pay at', refused.status === 402 && code === 'insufficient_balance')

  story.step('The consumer pays $1.00 on the page that the refusal links to, which a stand-in for Stripe plays.')
  await payAt(fixes?.[0]?.url ?? '', '1.00')
  const again = await story.call('GET /flags/proxy?userId=ada', consumer)
  const { posted, available } = await client.getBalance({ params: { id: consumer.organization } })
  story.check(`the same call is served; ${posted} is charged in all, ${available} left`, again.status === 200 && posted === '0.012')
}

/** Pays as a person does who follows the link: the amount there, then the page of the payment provider. */
async function payAt(link: string, amount: string): Promise<void> {
  const ordered = await fetch(link, { method: 'POST', body: new URLSearchParams({ amount }), redirect: 'manual' })
  const done = await fetch(ordered.headers.get('location') ?? '', { method: 'POST', redirect: 'manual' })
  if (ordered.status !== 303 || done.status !== 303) throw new Error(`nothing was paid: ${ordered.status}, ${done.status}`)
}

async function changed(story: Story, { publisher, consumer, client }: World): Promise<void> {
  const markOf = async (headers = {}) => (await story.call('GET /flags/proxy?userId=ada', consumer, headers)).headers.get(MARK)
  story.step('The next release is tried by those alone who ask for it: a canary.')
  await story.command(`api edit flags --set responseHeaders.set.${MARK}=second --price "GET /proxy 0.005"`, publisher)
  await story.command('api publish flags --canary-header "X-Try: next" --note "dearer"', publisher)
  story.check('whoever names it gets release 2', (await markOf(NEXT)) === 'second')
  story.check('everybody else has release 1', (await markOf()) === null)

  story.step('It does well, and is promoted to everybody; then it turns out to be too dear, and is taken back in one step.')
  await story.command('api promote flags', publisher)
  story.check('release 2 serves everybody', (await markOf()) === 'second')
  const back = await story.command('api rollback flags 1', publisher)
  story.check('release 1 is in force again', back.includes('Release 1 of flags is in force again'))
  const answer = await story.call('GET /flags/proxy?userId=ada', consumer)
  story.check('it is as it was, price and all', answer.headers.get(MARK) === null && answer.headers.get('faregate-cost') === '0.004')
  // Records are written off the path of requests.
  await eventually(async () => {
    const { data } = await client.listRequests({ query: { organization: consumer.organization, limit: 20 } })
    return [1, 2].every((served) => data.some(({ release }) => release === served))
  })
  story.check('the records name the release that served each call', true)
}

async function ended(story: Story, { publisher, consumer, client }: World): Promise<void> {
  story.step('The publisher lets it go, with a month’s notice, and sees who still calls it.')
  await story.command('api deprecate flags --sunset 30d', publisher)
  const going = await story.call('GET /flags/proxy?userId=ada', consumer)
  story.check('answers say since when and until when', going.headers.has('deprecation') && going.headers.has('sunset'))
  const callers = await story.command('api callers flags', publisher)
  story.check('the consumer is among its callers', callers.includes(consumer.organization))

  story.step('The month is over.')
  await story.command('api retire flags', publisher)
  const gone = await story.call('GET /flags/proxy?userId=ada', consumer)
  story.check('410 api_retired', gone.status === 410 && bodyOf(gone)['code'] === 'api_retired')
  const { ok } = await client.verifyLedger({})
  story.check('and the ledger adds up', ok)
}
