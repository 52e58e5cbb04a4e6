import { capText } from '../caps.ts'
import { UsageError, type Command, type Options } from '../command.ts'
import { everyItem, organizationOrOnly } from '../lookup.ts'
import { table } from '../output.ts'
import { capOf } from '../parse.ts'

const WHOSE = [
  { flags: '--user <name>', summary: 'of this end user, as calls name it in `user`' },
  { flags: '--tag <name>', summary: 'of this tag, as calls name it in Faregate-Tags' },
]

/** Whose cap it is. @throws UsageError */
function whose(options: Options): { user: string } | { tag: string } {
  const { user, tag } = options.some('user', 'tag')
  if (user !== undefined && tag === undefined) return { user }
  if (tag !== undefined && user === undefined) return { tag }
  throw new UsageError('say whose cap it is: --user NAME or --tag NAME')
}

const set: Command = {
  name: 'cap set',
  summary: 'Set the spend cap of one end user, or of one tag, in force within a second',
  args: ['[organization]'],
  options: [...WHOSE, { flags: '--cap <amount/period>', summary: 'how much may be spent: 1.00/day, 20/month, 5/total' }],
  async run(call) {
    const of = whose(call.options)
    const text = call.options.text('cap')
    if (text === undefined) throw new UsageError('say how much: --cap AMOUNT/PERIOD')
    const body = capOf(text)
    const client = await call.client()
    const { id } = await organizationOrOnly(client, call.args[0])
    const named =
      'user' in of
        ? await client.setUserCap({ params: { id, user: of.user }, body })
        : await client.setTagCap({ params: { id, tag: of.tag }, body })
    call.output.result(named, `The ${named.kind} ${named.name}: ${capText(named.cap)}.`)
  },
}

const list: Command = {
  name: 'cap list',
  summary: 'List the end users and the tags that have a spend cap of their own',
  args: ['[organization]'],
  async run(call) {
    const client = await call.client()
    const { id } = await organizationOrOnly(client, call.args[0])
    const all = []
    for (const kind of ['user', 'tag'] as const)
      all.push(...(await everyItem((query) => client.listNamedCaps({ params: { id }, query: { limit: 500, kind, ...query } }))))
    const rows = all.map(({ kind, name, cap }) => [kind, name, capText(cap)])
    call.output.result(all, table(['of', 'name', 'cap'], rows, 'Nobody has a cap of its own.'))
  },
}

const remove: Command = {
  name: 'cap delete',
  summary: 'Take the spend cap of one end user, or of one tag, away',
  args: ['[organization]'],
  options: WHOSE,
  async run(call) {
    const of = whose(call.options)
    const client = await call.client()
    const { id } = await organizationOrOnly(client, call.args[0])
    if ('user' in of) await client.deleteUserCap({ params: { id, user: of.user } })
    else await client.deleteTagCap({ params: { id, tag: of.tag } })
    call.output.result(of, 'It has no cap of its own any more.')
  },
}

export const capCommands = [set, list, remove]
