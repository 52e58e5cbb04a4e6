import type { Denial } from '@faregate/core'

/** Refuses what was sent as a credential: what it was, and why it opens nothing. */
export function badCredential(what: string, hint: string): Denial {
  return {
    code: 'credential_invalid',
    detail: `${what} that was sent opens nothing here. ${hint}`,
    hint,
    fixes: [{ kind: 'authenticate', action: 'send_valid_credential', by: 'caller', canYou: true }],
  }
}
