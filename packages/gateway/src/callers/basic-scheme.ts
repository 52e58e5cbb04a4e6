import { isDenial, type Denial } from '@faregate/core'
import type { GatewayDeps } from '../deps.ts'
import { headerOf, identifyKey } from '../identify.ts'
import { badCredential } from './bad-credential.ts'
import type { Checked, Scheme } from './caller.ts'

/** Name and password (RFC 7617): whose key it is, and the key itself. */
export function basicScheme(deps: Pick<GatewayDeps, 'keys'>, realm: string): Scheme {
  return {
    name: 'basic',
    told: 'the id of a key, or of its application, as the name and the key as the password of "Authorization: Basic"',
    challenge: `Basic realm="${realm}", charset="UTF-8"`,
    check({ headers }) {
      const sent = /^basic(?:\s+(\S*))?\s*$/i.exec(headerOf({ headers }, 'authorization') ?? '')
      return sent === null ? undefined : checkPassword(deps, sent[1] ?? '')
    },
  }
}

async function checkPassword(deps: Pick<GatewayDeps, 'keys'>, encoded: string): Promise<Checked> {
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon === -1) return wrong('It holds no name and password: they are put together with a colon, and written in base64.')
  const [name, password] = [text.slice(0, colon), text.slice(colon + 1)]
  const key = await identifyKey(deps, password)
  if (isDenial(key)) return key.code === 'credential_invalid' ? wrong(`The password is no key. ${key.hint ?? ''}`.trim()) : key
  if (name === key.id || name === key.application.id) return { key, subject: name }
  return wrong('The name is neither the id of the key that was sent as the password nor the id of its application.')
}

function wrong(hint: string): Denial {
  return badCredential('The name and password', hint)
}
