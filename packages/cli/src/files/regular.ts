import { randomUUID } from 'node:crypto'
import { ROUTES, type RouteName } from '@faregate/contract'
import { z } from 'zod'
import { send, type Entry, type Kind, type Known, type Writing } from './kind.ts'
import { changeOf, membersOf, sendable, shaped, type Members } from './shape.ts'

interface Regular extends Pick<Kind, 'name' | 'noun' | 'within' | 'normal' | 'stays' | 'fixed' | 'read' | 'settle'> {
  routes: { create: RouteName; update?: RouteName; remove?: RouteName }
  /** The members of the body that are its name. */
  named: { members: string[]; of: (name: string) => Members }
  /** The parameter of its routes that names it. */
  parameter?: 'id' | 'name'
  /** What it is where a member is taken away that cannot be null. */
  resets?: Members
  /** Members that are said once all of its kind are there, by {@link Kind.settle}. */
  later?: readonly string[]
  /** References to organizations, as ids. */
  resolved?: (value: Members, writing: Writing) => Members
}

/** A kind whose entries are created, changed and removed by one call each: what a file holds of it is what these calls take. */
export function regular({ routes, named, parameter = 'name', resets = {}, later = [], resolved, ...kind }: Regular): Kind {
  const create = bodyOf(routes.create)
  const update = routes.update === undefined ? undefined : bodyOf(routes.update)
  const schema = z.strictObject(without({ ...update?.shape, ...create.shape }, [...named.members, 'dryRun']))
  const ids = (value: Members, writing: Writing) => resolved?.(value, writing) ?? value

  async function created(writing: Writing, wanted: Entry): Promise<void> {
    const value = ids(wanted.value, writing)
    const params = wanted.within === undefined ? {} : { params: { id: writing.names.idOf(wanted.within) } }
    const body = { ...named.of(wanted.name), ...(sendable(create, only(value, create)) as Members) }
    const made = await send(writing.client, routes.create, { ...params, body, idempotencyKey: randomUUID() })
    const id = parameter === 'id' && typeof made['id'] === 'string' ? made['id'] : wanted.name
    if (kind.name === 'organizations') writing.names.learn(wanted.name, id)
    if (typeof made['secret'] === 'string') writing.say(`The secret of the ${kind.noun} ${wanted.name}, shown once: ${made['secret']}`)
    if (update === undefined) return
    // As it was made, which may be all that was wanted.
    const rest = without(value, [...Object.keys(create.shape), ...later])
    await changed(writing, id, changeOf(update, {}, rest, resets))
  }

  async function changed(writing: Writing, id: string, body: Members): Promise<void> {
    if (routes.update === undefined || Object.keys(body).length === 0) return
    await send(writing.client, routes.update, { params: { [parameter]: id }, body })
  }

  return {
    ...kind,
    schema,
    create: created,
    ...(update !== undefined && {
      change: (writing: Writing, wanted: Entry, known: Known) => {
        const body = changeOf(update, ids(known.value, writing), ids(wanted.value, writing), resets)
        return changed(writing, known.id, without(body, later))
      },
    }),
    ...(routes.remove !== undefined && {
      remove: async (writing: Writing, known: Known) => {
        await send(writing.client, routes.remove as RouteName, { params: { [parameter]: known.id } })
      },
    }),
  }
}

function bodyOf(route: RouteName): z.ZodObject {
  const { body } = ROUTES[route] as { body?: z.ZodObject }
  return body ?? z.strictObject({})
}

function only(value: Members, schema: z.ZodObject): Members {
  return Object.fromEntries(Object.entries(value).filter(([name]) => Object.hasOwn(membersOf(schema), name)))
}

export function without<T>(value: Record<string, T>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
}

/** Something as it is compared and written, by the schema of its kind. */
export function valueOf(kind: Kind, name: string, value: object): Members {
  const members = (shaped(kind.schema, value) ?? {}) as Members
  return kind.normal?.(members, name) ?? members
}
