import { randomUUID } from 'node:crypto'
import { shellWord } from '@faregate/core'
import type { RouteInput, RouteOutput, Routes } from '@faregate/contract'
import { Failure, UsageError, type Command, type Options } from '../command.ts'
import { table } from '../output.ts'

type ContractReport = NonNullable<RouteOutput<Routes['testApi']>['contract']>

function testBody(options: Options): RouteInput<Routes['testApi']>['body'] {
  const against = options.text('against')
  if (against !== undefined && against !== 'mock' && against !== 'upstream')
    throw new UsageError(`--against is "${against}": mock or upstream`)
  if (against === undefined && (options.is('draft') || options.is('unsafe'))) throw new UsageError('--draft and --unsafe go with --against')
  return { of: options.is('draft') ? 'draft' : 'release', unsafe: options.is('unsafe'), ...(against === undefined ? {} : { against }) }
}

/** Each operation, and under it what failed and what was not made. */
function reportText({ operations, unchecked }: ContractReport): string {
  const rows = operations.flatMap(({ operation, passed, failed, skipped }) => [
    [operation, passed, failed.length, skipped.length, null, null],
    ...failed.map(({ what, why }) => [null, null, null, null, `failed: ${what}`, why]),
    ...skipped.map(({ what, why }) => [null, null, null, null, `not made: ${what}`, why]),
  ])
  const notes = unchecked.map((one) => `not compared: ${one}`)
  return [table(['operation', 'passed', 'failed', 'not made', 'call', 'why'], rows), ...notes].join('\n')
}

export const apiTest: Command = {
  name: 'api test',
  summary:
    'Ask the upstream of a published API for what lies at its base URL, and say what happened; of a prompt, whether its model is served; or make the calls of its document, and the saved ones',
  args: ['<name>'],
  options: [
    { flags: '--against <what>', summary: 'mock or upstream: make the calls that follow from the document, and the saved ones, there' },
    { flags: '--draft', summary: 'try the draft, instead of what is in force' },
    { flags: '--unsafe', summary: 'make calls other than GET to the upstream as well' },
  ],
  async run(call) {
    const [name = ''] = call.args
    const client = await call.client()
    const result = await client.testApi({ params: { name }, body: testBody(call.options), idempotencyKey: randomUUID() })
    const report = result.contract === null ? [] : [reportText(result.contract)]
    call.output.result(result, [`${result.message} (${result.latencyMs} ms)`, ...report].join('\n\n'))
    if (!result.ok && result.contract !== null)
      throw new Failure(`${name} does not answer as its document and its saved calls say.`, 'mend the service, or what is said of it')
    if (!result.ok)
      throw new Failure(`Nothing that serves is behind ${name}.`, `Check where it is, and its secret: faregate api show ${shellWord(name)}`)
  },
}
