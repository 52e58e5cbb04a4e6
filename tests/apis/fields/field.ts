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
import { Introspector } from '../callers/introspector.ts'
import { ISSUER, ISSUER_KEY, KeyServer } from '../callers/issuer.ts'
import { authority, type Authority, type Proof } from '../../support/certificates.ts'
import { TlsService } from '../tls-service.ts'
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
  /** Speaks HTTPS, and asks who connects for a certificate of {@link Proofs.clients}. */
  secure: TlsService
  proofs: Proofs
  /** Knows the token `fields` alone, as {@link FIELDS_TOKEN} says. */
  introspector: Introspector
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

/** Certificates of a world with TLS. */
interface Proofs {
  /** Vouches for {@link Places.secure}. */
  servers: Authority
  clients: Authority
  /** Of {@link clients}: `CN=one` and `CN=two`. */
  one: Proof
  two: Proof
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

/** One that is tried. */
export interface TriedSeen extends Seen {
  /** What its test says of the calls that are saved with it. */
  tried: () => Promise<unknown>
}

/** One that is kept in the database, where it has drafts and releases. */
export interface KeptSeen extends TriedSeen {
  /** A call of it in staging, where it is put, with a key of that stage. */
  staged: (path: string) => Promise<Answer>
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

/** How the configuration file calls the setting that a field is: `addresses.allow[]`, `requestHeaders.set`, `models`. */
export function settingOf(field: string): string {
  const name = field.replace(/\[\]$/, '')
  return `apis.*.${/Headers\.set$|\]\.headers$|\.equal$|^models$/.test(name) ? `${name}.*` : name}`
}

export async function openPlaces(): Promise<Omit<Places, 'rich' | 'poor'>> {
  const [service, second, sockets, tokens, issuer, introspector, models, proofs, deaf, dead] = await Promise.all([
    startService(),
    startService(),
    startSocketService(),
    new TokenServer().start(),
    new KeyServer([ISSUER_KEY]).start(),
    new Introspector().start(),
    startUpstream(),
    proofsOf(),
    deafListener(),
    deadUrl(),
  ])
  const server = await proofs.servers.issue('CN=service', { names: [{ type: 'ip', value: '127.0.0.1' }] })
  const secure = await new TlsService(server, { clientCa: proofs.clients.certificate }).start()
  const stop = async (): Promise<void> => {
    deaf.stop()
    await Promise.all([
      service.close(),
      second.close(),
      sockets.close(),
      tokens.close(),
      issuer.close(),
      introspector.close(),
      models.close(),
      secure.close(),
    ])
  }
  introspector.known.set(FIELDS_TOKEN.text, FIELDS_TOKEN.said)
  const others = { sockets, tokens, issuer, introspector, secure, proofs, models, dead }
  return { service, second, ...others, deaf: `http://127.0.0.1:${deaf.port}`, stop }
}

async function proofsOf(): Promise<Proofs> {
  const [servers, clients] = await Promise.all([authority('CN=Servers'), authority('CN=Clients')])
  const [one, two] = await Promise.all([clients.issue('CN=one'), clients.issue('CN=two')])
  return { servers, clients, one, two }
}

/** A token of which this is said by {@link Places.introspector}. */
export const FIELDS_TOKEN = { text: 'opaque-token', said: { sub: 'ann', client_id: 17, iss: ISSUER, aud: 'shop', scope: 'read' } }

/** A sound definition. */
function plain({ service }: Places, name: string): Definition {
  return { prefix: `/${name}`, upstream: { baseUrl: service.url }, routes: [{ method: '*', path: '/*', price: '0.01' }] }
}

/** An upstream with TLS that is connected to with one of two certificates. */
export const shownAs =
  (name: 'one' | 'two') =>
  ({ proofs, secure }: Places): Definition => ({
    baseUrl: secure.url,
    ca: [proofs.servers.certificate],
    mutualTls: { certificate: proofs[name].certificate, key: proofs[name].key },
  })

/** What a definition needs beside its own members. */
export function plainFor(own: Definition, places: Places, name: string): Definition {
  const { upstream, ...rest } = plain(places, name)
  if ('prompt' in own || 'models' in own) return { prefix: rest['prefix'] }
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
