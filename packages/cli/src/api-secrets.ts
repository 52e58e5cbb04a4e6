import type { RouteInput, Routes } from '@faregate/contract'
import { UsageError, type Call, type Option } from './command.ts'
import { textOf } from './document.ts'

type Upstream = NonNullable<RouteInput<Routes['createApi']>['body']['upstream']>
type Secrets = Pick<Upstream, 'header' | 'basic' | 'oauth' | 'mutualTls' | 'ca'>

/** What a command takes of the secrets of an API. */
export const SECRETS: Option[] = [
  { flags: '--secret-header <name>', summary: 'the header that carries a secret to the upstream' },
  { flags: '--secret-from <variable>', summary: 'environment variable that holds it' },
  { flags: '--basic-user <name>', summary: 'the user that the upstream knows the gateway as (Basic)' },
  { flags: '--basic-from <variable>', summary: 'environment variable that holds the password' },
  { flags: '--token-url <url>', summary: 'where tokens for the upstream are fetched (OAuth 2, client credentials)' },
  { flags: '--client-id <id>', summary: 'the client that tokens are fetched for' },
  { flags: '--client-from <variable>', summary: 'environment variable that holds its secret' },
  { flags: '--scope <scope>', summary: 'what a token is asked for', repeatable: true },
  { flags: '--client-certificate <file>', summary: 'PEM file with which the gateway proves itself to the upstream (mutual TLS)' },
  { flags: '--client-key <file>', summary: 'PEM file of its private key' },
  { flags: '--upstream-ca <file>', summary: 'PEM file of an authority that is trusted for the upstream', repeatable: true },
  { flags: '--introspection-from <variable>', summary: 'environment variable that holds the secret of authentication.introspection' },
]

/** The members of a definition, with the secret of its introspection. */
export function withIntrospection(call: Call, members: Record<string, unknown>): Record<string, unknown> {
  const { introspectionFrom: variable } = call.options.some('introspectionFrom')
  if (variable === undefined) return members
  const { introspection, ...ways } = (members['authentication'] ?? {}) as { introspection?: object }
  if (introspection === undefined) throw new UsageError('--introspection-from is of authentication.introspection: give it with --set')
  return { ...members, authentication: { ...ways, introspection: { ...introspection, clientSecret: secretIn(call, variable) } } }
}

/** A secret on the command line would stand in the shell's history and in the list of processes. */
export async function secretsOf(call: Call): Promise<Secrets> {
  const { options } = call
  const header = together(call, ['secretHeader', 'secretFrom'])
  const basic = together(call, ['basicUser', 'basicFrom'])
  const oauth = together(call, ['tokenUrl', 'clientId', 'clientFrom'])
  const tls = together(call, ['clientCertificate', 'clientKey'])
  const authorities = options.list('upstreamCa')
  const scopes = options.list('scope')
  if (scopes !== undefined && oauth === undefined)
    throw new UsageError('--scope is of a token: give --token-url, --client-id and --client-from')
  return {
    ...(header && { header: { name: header.secretHeader, value: secretIn(call, header.secretFrom) } }),
    ...(basic && { basic: { user: basic.basicUser, secret: secretIn(call, basic.basicFrom) } }),
    ...(oauth && {
      oauth: {
        tokenUrl: oauth.tokenUrl,
        clientId: oauth.clientId,
        clientSecret: secretIn(call, oauth.clientFrom),
        ...(scopes === undefined ? {} : { scopes }),
      },
    }),
    ...(tls && { mutualTls: { certificate: await textOf(tls.clientCertificate), key: await textOf(tls.clientKey) } }),
    ...(authorities && { ca: await Promise.all(authorities.map(textOf)) }),
  }
}

/** All of these flags, or none. */
function together<Name extends string>({ options }: Call, names: Name[]): Record<Name, string> | undefined {
  const given = options.some(...names)
  const count = Object.keys(given).length
  if (count === 0) return undefined
  if (count < names.length)
    throw new UsageError(
      `${names
        .map(flagOf)
        .join(', ')
        .replace(/, ([^,]+)$/, ' and $1')} go together`,
    )
  return given as Record<Name, string>
}

function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function secretIn({ environment }: Call, variable: string): string {
  const value = environment[variable]
  if (value === undefined || value === '') throw new UsageError(`${variable} is not set`)
  return value
}
