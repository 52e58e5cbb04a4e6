import type { Customer } from '../../support/gateway.ts'
import { deafListener } from '../../knobs/means.ts'
import type { Answer, Sent } from '../../support/http.ts'
import { startService } from '../../support/service.ts'
import type { Service } from '../../support/service.ts'
import { startSocketService } from '../../support/socket-service.ts'
import type { SocketService } from '../../support/socket-service.ts'
import { startUpstream } from '../../support/upstream.ts'
import type { Upstream } from '../../support/upstream.ts'
import { deadUrl } from '../several.ts'
import { ISSUER_KEY, KeyServer } from '../callers/issuer.ts'
import { TokenServer } from '../token-server.ts'

/** Members of a definition, in place of those of {@link plain}. */
export type Definition = Record<string, unknown>

/** What definitions can name. */
export interface Places {
  service: Service
  second: Service
  sockets: SocketService
  tokens: TokenServer
  /** Publishes the key of {@link ISSUER_KEY}. */
  issuer: KeyServer
  /** Who calls: with credit, and without. */
  rich: Customer
  poor: Customer
  /** What serves the models of prompts. */
  models: Upstream
  /** Where nobody listens. */
  dead: string
  /** Where connections are neither accepted nor refused. */
  deaf: string
  stop: () => Promise<void>
}

/** A published API that is called by somebody with credit. */
export interface Seen {
  name: string
  /** Of the gateway. */
  origin: string
  places: Places
  call: (path: string, sent?: Sent) => Promise<Answer>
  /** The same without a credential, but for what is sent. */
  anybody: Seen['call']
  /** The same without credit. */
  poor: (path: string) => Promise<Answer>
  /** What the catalogue says of it. */
  catalogued: () => Promise<Answer>
}

/** One that is kept in the database, where it has drafts and releases. */
export interface KeptSeen extends Seen {
  /** What its test says of the calls that are saved with it. */
  tried: () => Promise<unknown>
  /** How it is answered when it is published once more, as it is. */
  republished: () => Promise<number>
}

/** Two values of a field, and what of them is seen from outside: it must differ. */
export interface Field<Of = Seen> {
  a: (places: Places, name: string) => Definition
  b: (places: Places, name: string) => Definition
  see: (seen: Of) => Promise<unknown>
  /** The OpenAPI document that it needs: such an API is published from a draft. */
  document?: string
}

export type Fields<Of = Seen> = Record<string, Field<Of>>

/** How the configuration file calls the setting that a field is: `addresses.allow[]`, `requestHeaders.set`. */
export function settingOf(field: string): string {
  const name = field.replace(/\[\]$/, '')
  return `apis.*.${name.endsWith('Headers.set') ? `${name}.*` : name}`
}

export async function openPlaces(): Promise<Omit<Places, 'rich' | 'poor'>> {
  const [service, second, sockets, tokens, issuer, models, deaf, dead] = await Promise.all([
    startService(),
    startService(),
    startSocketService(),
    new TokenServer().start(),
    new KeyServer([ISSUER_KEY]).start(),
    startUpstream(),
    deafListener(),
    deadUrl(),
  ])
  const stop = async (): Promise<void> => {
    deaf.stop()
    await Promise.all([service.close(), second.close(), sockets.close(), tokens.close(), issuer.close(), models.close()])
  }
  return { service, second, sockets, tokens, issuer, models, dead, deaf: `http://127.0.0.1:${deaf.port}`, stop }
}

/** A sound definition. */
function plain({ service }: Places, name: string): Definition {
  return { prefix: `/${name}`, upstream: { baseUrl: service.url }, routes: [{ method: '*', path: '/*', price: '0.01' }] }
}

/** What a definition needs beside its own members. */
export function plainFor(own: Definition, places: Places, name: string): Definition {
  const { upstream, ...rest } = plain(places, name)
  if ('prompt' in own) return { prefix: rest['prefix'] }
  return { ...rest, ...('upstreams' in own ? {} : { upstream }) }
}

/** The definitions of both values of each field, by the names of their APIs. */
export function definitionsOf(fields: Record<string, Pick<Field, 'a' | 'b'>>, places: Places): Record<string, Definition> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([field, { a, b }]) =>
      namesOf(field).map((name, index) => {
        const own = (index === 0 ? a : b)(places, name)
        return [name, { ...plainFor(own, places, name), ...own }]
      }),
    ),
  )
}

/** What the APIs of a field's two values are called. */
export function namesOf(field: string): [a: string, b: string] {
  const name = field
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return [`a-${name}`, `b-${name}`]
}
