import { X509Certificate } from 'node:crypto'
import type { PeerCertificate } from 'node:tls'
import type { Fetch } from '@faregate/contract'

/**
 * A fetch that talks to the holder of one certificate and to nobody else, whatever names that certificate carries: the
 * gateway beside this command line is reached at its address, while its certificate names the host that callers use.
 * The certificate is the only trust anchor (RFC 5280 §6.1.1 d), so signature and dates are still verified.
 */
export function pinnedFetch(certificate: string): Fetch {
  const pinned = new X509Certificate(certificate)
  const connect = {
    ca: pinned.toString(),
    allowPartialTrustChain: true,
    checkServerIdentity: (_host: string, presented: PeerCertificate) =>
      presented.raw.equals(pinned.raw) ? undefined : new Error('another certificate than the gateway noted is presented there'),
  }
  // Loaded when needed: Node's own fetch does not take an agent of another version of undici.
  const loaded = import('undici').then(({ Agent, fetch }) => ({ fetch, dispatcher: new Agent({ connect }) }))
  return async (url, init) => {
    const { fetch, dispatcher } = await loaded
    return fetch(url, { ...init, dispatcher })
  }
}
