import { formatAmount } from '@faregate/core'
import { nameDigest } from '@faregate/ledger/name-digest'
import { visibleOrganization, type Context, type Handlers } from '../call.ts'
import { adjustCap, baseOfNamed, capOf, MOST_NAMED } from '../caps.ts'
import { changeConfiguration } from '../change.ts'
import { pageOf, pagingOf } from '../paging.ts'
import type { Cap, NamedCapRow } from '../people-rows.ts'
import { found, refuse } from '../refusal.ts'

type Kind = NamedCapRow['kind']

export const organizationsIdNamedCaps: Handlers<'listNamedCaps' | 'setUserCap' | 'deleteUserCap' | 'setTagCap' | 'deleteTagCap'> = {
  async listNamedCaps(call) {
    const { id } = await visibleOrganization(call, call.params.id)
    const rows = await call.deps.store.read.namedCaps.list(pagingOf(call.query), id, call.query.kind)
    return pageOf(rows, call.query.limit, ({ name }) => name, presentNamedCap)
  },

  setUserCap: (call) => put(call, call.params.id, 'user', call.params.user, capOf(call.body)),
  deleteUserCap: (call) => remove(call, call.params.id, 'user', call.params.user),
  setTagCap: (call) => put(call, call.params.id, 'tag', call.params.tag, capOf(call.body)),
  deleteTagCap: (call) => remove(call, call.params.id, 'tag', call.params.tag),
}

function presentNamedCap({ organization, kind, name, cap }: NamedCapRow) {
  return { organization, kind, name, cap: { amount: formatAmount(cap.amount), period: cap.period } }
}

async function put(context: Context, id: string, kind: Kind, name: string, cap: Cap) {
  const { id: organization } = await visibleOrganization(context, id)
  const row: NamedCapRow = { organization, kind, name, cap, createdAt: context.deps.clock.now() }
  const shown = await changeConfiguration(context, async (trx) => {
    const before = await trx.namedCaps.get(organization, kind, name)
    if (before === undefined && (await trx.namedCaps.count(organization)) >= MOST_NAMED)
      return refuse({ code: 'conflict', detail: `${MOST_NAMED} users and tags of the organization have a cap of their own.` })
    await trx.putNamedCap(row)
    const answer = presentNamedCap(row)
    const shownBefore = before === undefined ? {} : { before: presentNamedCap(before) }
    return { event: { action: 'named_cap.set', subject: `${kind}:${name}`, organization, ...shownBefore, after: answer }, answer }
  })
  await adjustCap(context, organization, baseOfNamed(organization, kind, nameDigest(name)), cap)
  return shown
}

async function remove(context: Context, id: string, kind: Kind, name: string): Promise<undefined> {
  const { id: organization, userCap, tagCap } = await visibleOrganization(context, id)
  await changeConfiguration(context, async (trx) => {
    const before = found(await trx.namedCaps.get(organization, kind, name), `cap of the ${kind}`, name)
    await trx.deleteNamedCap(organization, kind, name)
    const event = { action: 'named_cap.delete', subject: `${kind}:${name}`, organization, before: presentNamedCap(before) }
    return { event, answer: undefined }
  })
  // From here on it has the cap that every end user, or tag, has.
  const common = kind === 'user' ? userCap : tagCap
  if (common !== null) await adjustCap(context, organization, baseOfNamed(organization, kind, nameDigest(name)), common)
  return undefined
}
