/** For how long a signature is taken, before and after the time that it says. */
export const DEFAULT_SIGNATURE_WINDOW_SECONDS = 300

/** Where a key of the gateway can be, beside the headers in which it always can. */
export interface KeyPlaces {
  header?: string | undefined
  /** The name of a parameter of the query. */
  query?: string | undefined
}

/** In which ways callers of an API prove who they are. A way that is not named is not taken. */
export interface ApiAuthentication {
  /** A key of the gateway. */
  key?: KeyPlaces | undefined
  /** Name and password (RFC 7617): the id of a key or of its application, and the key. */
  basic?: { realm?: string | undefined } | undefined
  /** Requests that are signed (RFC 9421). */
  signature?: { windowSeconds?: number | undefined } | undefined
  /** Whoever sends no credential is served as this key: its limits hold, and its organization pays. */
  public?: { as: string } | undefined
}

/** What the upstream can be told of a caller in headers. */
export const IDENTITY_HEADERS = ['consumer', 'application', 'key', 'subject'] as const

export type IdentityHeader = (typeof IDENTITY_HEADERS)[number]

/** What the upstream is told of who calls; absent: nothing. */
export interface ApiIdentity {
  /** Names of headers, by what they carry. */
  headers?: { [What in IdentityHeader]?: string | undefined } | undefined
}

/** Headers of a call in which credentials are, beside those that never go on to an upstream; small letters. */
export function credentialHeaders({ key, signature }: ApiAuthentication = {}): string[] {
  return [...(key?.header === undefined ? [] : [key.header.toLowerCase()]), ...(signature === undefined ? [] : SIGNATURE_HEADERS)]
}

const SIGNATURE_HEADERS = ['signature', 'signature-input']

/** Headers in which the gateway says who calls, small letters. */
export function identityHeaders({ headers = {} }: ApiIdentity = {}): string[] {
  return Object.values(headers)
    .filter((name) => name !== undefined)
    .map((name) => name.toLowerCase())
}
