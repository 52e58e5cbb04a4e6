import type { RouteInput, Routes } from '@faregate/contract'
import { UsageError, type Call, type Option } from './command.ts'

type Upstream = NonNullable<RouteInput<Routes['createApi']>['body']['upstream']>
type Secrets = Pick<Upstream, 'header' | 'basic' | 'oauth'>

/** What a command takes of the secrets towards an upstream. */
export const SECRETS: Option[] = [
  { flags: '--secret-header <name>', summary: 'the header that carries a secret to the upstream' },
  { flags: '--secret-from <variable>', summary: 'environment variable that holds it' },
  { flags: '--basic-user <name>', summary: 'the user that the upstream knows the gateway as (Basic)' },
  { flags: '--basic-from <variable>', summary: 'environment variable that holds the password' },
  { flags: '--token-url <url>', summary: 'where tokens for the upstream are fetched (OAuth 2, client credentials)' },
  { flags: '--client-id <id>', summary: 'the client that tokens are fetched for' },
  { flags: '--client-from <variable>', summary: 'environment variable that holds its secret' },
  { flags: '--scope <scope>', summary: 'what a token is asked for', repeatable: true },
]

/** A secret on the command line would stand in the shell's history and in the list of processes. */
export function secretsOf(call: Call): Secrets {
  const { options } = call
  const header = together(call, ['secretHeader', 'secretFrom'])
  const basic = together(call, ['basicUser', 'basicFrom'])
  const oauth = together(call, ['tokenUrl', 'clientId', 'clientFrom'])
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
