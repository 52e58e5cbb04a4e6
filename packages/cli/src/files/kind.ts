import type { Client, RouteName, RouteOutput, Routes } from '@faregate/contract'
import type { RELEASE_FLAWS } from '@faregate/contract'
import type { z } from 'zod'
import { Failure } from '../command.ts'
import type { Members } from './shape.ts'

type ManagedBy = RouteOutput<Routes['getModel']>['managedBy']

/** What is in force, or stands in the folder, of one kind: a provider, a plan, a team of an organization. */
export interface Entry {
  name: string
  /** The organization that it is within, by name; absent: it is within none. */
  within?: string | undefined
  value: Members
}

/** Something that is in force. */
export interface Known extends Entry {
  /** By which the management API names it. */
  id: string
  managedBy?: { source: string; file?: string | undefined; line?: number | undefined; variable?: string | undefined } | undefined
}

/** What the gateway shows of something; {@link Known} is made of it by the schema of its kind. */
export interface Shown extends Omit<Known, 'value'> {
  value: object
  managedBy?: ManagedBy | undefined
}

/** Organizations have names in the folder, and ids in the gateway. */
export class Names {
  readonly #ids = new Map<string, string>()
  readonly #names = new Map<string, string>()
  /** Names that several have: none of them can be told from the others. */
  readonly doubtful: string[]

  constructor(organizations: readonly { id: string; name: string }[]) {
    const all = organizations.map(({ name }) => name)
    this.doubtful = [...new Set(all.filter((name, index) => all.indexOf(name) < index))]
    for (const { id, name } of organizations) this.learn(name, id)
  }

  learn(name: string, id: string): void {
    if (this.doubtful.includes(name)) return
    this.#ids.set(name, id)
    this.#names.set(id, name)
  }

  /** The name of an organization; its id where none is known. */
  nameOf(id: string): string {
    return this.#names.get(id) ?? id
  }

  /** The id of an organization. @throws Failure where there is none of this name */
  idOf(name: string): string {
    const id = this.find(name)
    if (id !== undefined) return id
    throw new Failure(`No organization is called "${name}".`, 'Write it into the folder as well, or create it.')
  }

  find(name: string): string | undefined {
    return this.#ids.get(name) ?? (/^org_[0-9A-HJKMNP-TV-Z]{26}$/.test(name) ? name : undefined)
  }
}

/** What reads. */
export interface Reading {
  client: Client
  names: Names
}

/** What changes. */
export interface Writing extends Reading {
  /** What the doctor says against a release, and is overridden. */
  override: (typeof RELEASE_FLAWS)[number][]
  /** Drafts that somebody else began are discarded. */
  replaceDrafts: boolean
  /** The text of a document that the folder holds, by what it is called in the gateway. */
  documentOf: (id: string) => string | undefined
  /** A remark for people, such as a secret that is shown once. */
  say: (text: string) => void
}

/** One kind of what is configured, as data. */
export interface Kind {
  /** The member of a file under which its entries stand, by name. */
  name: KindName
  /** What one is called. */
  noun: string
  /** Its entries stand within those of organizations. */
  within?: 'organizations'
  /** What an entry of a file holds. */
  schema: z.ZodObject
  /** The same, said in one way of several. */
  normal?: (value: Members, name: string) => Members
  /** Members that stay as they are where the folder says nothing of them. */
  stays?: readonly string[]
  /** Members that can be said at the beginning alone. */
  fixed?: readonly string[]
  read: (reading: Reading) => Promise<Shown[]>
  /** One of them, by itself. Absent: all of them are read anew. */
  again?: (reading: Reading, name: string) => Promise<Shown>
  /** Whether the gateway would take it, as far as it can be asked without a change. @throws Failure */
  check?: (writing: Writing, wanted: Entry, known: Known | undefined) => Promise<void>
  create: (writing: Writing, wanted: Entry) => Promise<void>
  /** Absent: it changes as it is created. */
  change?: (writing: Writing, wanted: Entry, known: Known) => Promise<void>
  /** Absent: it is never removed. */
  remove?: (writing: Writing, known: Known) => Promise<void>
  /** What may refer to others of its kind, once all of them are there. */
  settle?: (writing: Writing, wanted: Entry, known: Known) => Promise<void>
}

export const KIND_NAMES = [
  'settings',
  'organizations',
  'roles',
  'teams',
  'providers',
  'prices',
  'models',
  'plans',
  'apis',
  'webhooks',
] as const
export type KindName = (typeof KIND_NAMES)[number]

/** Makes a call whose members were put together by its schema, which the types of the client cannot follow. */
export async function send(client: Client, route: RouteName, input: object): Promise<Members> {
  return (await (client[route] as (input: object) => Promise<unknown>)(input)) as Members
}
