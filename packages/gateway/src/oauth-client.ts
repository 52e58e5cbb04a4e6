/** Who asks a server of tokens, as the value of `Authorization`: form-encoded before it is put together (RFC 6749, 2.3.1). */
export function clientCredentials(clientId: string, secret: string): string {
  const credentials = [clientId, secret].map((part) => new URLSearchParams({ '': part }).toString().slice(1)).join(':')
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}
